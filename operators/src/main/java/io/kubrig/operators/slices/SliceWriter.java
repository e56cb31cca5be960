package io.kubrig.operators.slices;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Carries out a plan: creations, then updates, then deletions. */
public final class SliceWriter {
  private final Api api;
  private final Map<Key, Written> written = new ConcurrentHashMap<>();

  /** A slice as this writer left it. @param deleted whether it is to be gone */
  private record Written(String uid, long generation, boolean deleted) {}

  /** Writes through an api. */
  public SliceWriter(Api api) {
    this.api = api;
  }

  /** Makes the writes. @throws RuntimeException the first refusal; a namespace that goes away and a slice that has gone are none */
  public void apply(SlicePlan plan) {
    for (EndpointSlice slice : plan.create()) {
      try {
        remember(api.create(slice), false);
      } catch (RuntimeException e) {
        if (ApiErrors.isTerminating(e)) {
          return;
        }
        throw e;
      }
    }
    plan.update().forEach(slice -> remember(api.update(slice), false));
    plan.delete().forEach(this::delete);
  }

  private void remember(EndpointSlice slice, boolean deleted) {
    written.put(Key.of(slice), new Written(slice.getMetadata().getUid(), Objects.generation(slice), deleted));
  }

  /** Whether somebody else changed what a slice says since this writer wrote it. Metadata alone do not count: they say nothing. */
  public boolean isForeign(EndpointSlice slice) {
    Written own = written.get(Key.of(slice));
    return own == null || !own.uid().equals(slice.getMetadata().getUid()) || own.generation() < Objects.generation(slice);
  }

  /** Whether a slice that has gone was deleted by somebody else. */
  public boolean isForeignDeletion(EndpointSlice slice) {
    Written own = written.get(Key.of(slice));
    boolean same = own != null && own.uid().equals(slice.getMetadata().getUid());
    if (same) {
      written.remove(Key.of(slice), own);
    }
    return !same || !own.deleted();
  }

  /** Deletes a slice unless it has gone. */
  public void delete(EndpointSlice slice) {
    remember(slice, true);
    try {
      api.delete(slice);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
