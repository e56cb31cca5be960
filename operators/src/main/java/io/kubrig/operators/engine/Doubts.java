package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Writes of one controller whose outcome is unknown: the connection broke, the server answered that it failed or ran out of time, and the
 * object may or may not be there. Until the caches show what was really done, the controller must not act again, or it would do twice what
 * cannot be undone.
 *
 * <p>A doubt is settled by reading: the objects of its namespace are listed once at the server, and the cache has to reach the newest of
 * them.
 */
final class Doubts {
  private final KubernetesClient client;
  private final Caches caches;
  private final List<Doubt> open = new CopyOnWriteArrayList<>();

  Doubts(KubernetesClient client, Caches caches) {
    this.client = client;
    this.caches = caches;
  }

  /** One unknown outcome. */
  private static final class Doubt {
    private final HasMetadata object;
    private OptionalLong newest = OptionalLong.empty(); // guarded by the doubt

    Doubt(HasMetadata object) {
      this.object = object;
    }
  }

  /** Remembers a failed creation or deletion, if it may have happened all the same. */
  void raise(HasMetadata object, RuntimeException failure) {
    if (ApiErrors.isUnknownOutcome(failure) && caches.has(object.getClass())) {
      open.add(new Doubt(object));
    }
  }

  /** The objects whose creation or deletion has an unknown outcome. */
  List<HasMetadata> open() {
    return open.stream().map(doubt -> doubt.object).toList();
  }

  /** Whether the caches show all that was done. Asks the server once for each doubt. @throws RuntimeException the server cannot be asked */
  boolean settled() {
    if (open.isEmpty()) {
      return true;
    }
    List<Doubt> settled = new ArrayList<>();
    for (Doubt doubt : open) {
      if (isSettled(doubt)) {
        settled.add(doubt);
      }
    }
    open.removeAll(settled);
    return open.isEmpty();
  }

  private boolean isSettled(Doubt doubt) {
    synchronized (doubt) {
      if (doubt.newest.isEmpty()) {
        doubt.newest = OptionalLong.of(newest(doubt.object.getClass(), doubt.object));
      }
      return caches.seen(doubt.object.getClass()) >= doubt.newest.getAsLong();
    }
  }

  /**
   * The newest revision among the objects that are there. One that was to be deleted and is not there is hidden at once: no revision tells
   * of it.
   */
  private <T extends HasMetadata> long newest(Class<T> kind, HasMetadata object) {
    String namespace = object.getMetadata().getNamespace();
    var all = client.<T, KubernetesResourceList<T>>resources(kind, null);
    List<T> found = namespace == null || namespace.isEmpty() ? all.list().getItems() : all.inNamespace(namespace).list().getItems();
    String uid = object.getMetadata().getUid();
    if (uid != null && found.stream().noneMatch(there -> uid.equals(there.getMetadata().getUid()))) {
      caches.deleted(object);
    }
    return found.stream().mapToLong(Objects::revision).max().orElse(0);
  }
}
