package io.kubrig.operators.volumeprotection;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;

/** Puts a finalizer on objects that live, and takes it off those that are being deleted and no longer needed. */
final class Finalizers {
  private final Api api;
  private final String name;

  Finalizers(Api api, String name) {
    this.api = api;
    this.name = name;
  }

  /** Whether the object waits for its finalizer to be taken off. */
  boolean holds(HasMetadata object) {
    return Objects.isTerminating(object) && has(object);
  }

  /** Whether the object ought to get it. */
  boolean isMissing(HasMetadata object) {
    return !Objects.isTerminating(object) && !has(object);
  }

  private boolean has(HasMetadata object) {
    return Objects.orEmpty(object.getMetadata().getFinalizers()).contains(name);
  }

  <T extends HasMetadata> void add(T object) {
    T copy = Objects.copy(object);
    List<String> all = new ArrayList<>(Objects.orEmpty(object.getMetadata().getFinalizers()));
    all.add(name);
    copy.getMetadata().setFinalizers(all);
    write(copy);
  }

  <T extends HasMetadata> void remove(T object) {
    T copy = Objects.copy(object);
    copy.getMetadata().setFinalizers(object.getMetadata().getFinalizers().stream().filter(other -> !name.equals(other)).toList());
    write(copy);
  }

  private void write(HasMetadata object) {
    try {
      api.update(object);
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
