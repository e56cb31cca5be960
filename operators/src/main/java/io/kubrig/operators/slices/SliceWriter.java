package io.kubrig.operators.slices;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;

/** Carries out a plan: creations, then updates, then deletions. */
public final class SliceWriter {
  private final Api api;

  /** Writes through an api. */
  public SliceWriter(Api api) {
    this.api = api;
  }

  /** Makes the writes. @throws RuntimeException the first refusal; a namespace that goes away and a slice that has gone are none */
  public void apply(SlicePlan plan) {
    for (EndpointSlice slice : plan.create()) {
      try {
        api.create(slice);
      } catch (RuntimeException e) {
        if (ApiErrors.isTerminating(e)) {
          return;
        }
        throw e;
      }
    }
    plan.update().forEach(api::update);
    plan.delete().forEach(this::delete);
  }

  /** Deletes a slice unless it has gone. */
  public void delete(EndpointSlice slice) {
    try {
      api.delete(slice);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
