package io.kubrig.scheduler.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodExtendedResourceClaimStatus;
import io.kubrig.scheduler.model.Pod;
import java.util.List;

/**
 * The scheduler's side of the Kubernetes API: what it watches and the few things it writes. Calls block; they are never made by the
 * scheduling thread.
 *
 * <p>Errors: every write may throw {@link ClusterApiException}.
 */
public interface ClusterApi {

  /** A certain pod: one of the same name created later is another. */
  record PodRef(String namespace, String name, String uid) {
    public static PodRef of(Pod pod) {
      return new PodRef(pod.namespace(), pod.name(), pod.uid());
    }
  }

  /**
   * A change of a pod's status.
   *
   * @param condition to set, or null
   * @param nominatedNode null: leave as it is; empty: take away
   */
  record StatusChange(PodCondition condition, String nominatedNode) {}

  /** What is told of the cluster. Called from several threads, in order for each kind. */
  interface Listener {
    void added(HasMetadata object);

    void updated(HasMetadata object);

    void deleted(HasMetadata object);
  }

  /**
   * Begins to watch. Returns when everything that exists has been told.
   *
   * @throws ClusterApiException when the server cannot be asked; nothing has begun then
   */
  void watch(Listener listener) throws InterruptedException;

  /** Whether what is written takes effect. Without, {@link #bind} tells when another scheduler has placed the pod. */
  default boolean acts() {
    return true;
  }

  /** Binds a pod to a node. */
  void bind(PodRef pod, String node);

  void patchStatus(PodRef pod, StatusChange change);

  /** Deletes a pod with its own grace period. */
  void delete(PodRef pod);

  /** Notes in a pod's status which claim it has for its extended resources. */
  void setExtendedClaim(PodRef pod, PodExtendedResourceClaimStatus claim);

  <T extends HasMetadata> T create(T object);

  /** Deletes an object that is still the same. */
  void delete(HasMetadata object);

  /** Replaces an object if it still has its resource version. */
  <T extends HasMetadata> T replace(T object);

  /** Replaces the status of an object if it still has its resource version. */
  <T extends HasMetadata> T replaceStatus(T object);

  /** The object as it is now; null when there is none. */
  <T extends HasMetadata> T read(Class<T> kind, String namespace, String name);

  /** Whether the server has a kind now. */
  default boolean serves(Class<? extends HasMetadata> kind) {
    return true;
  }

  /** All objects of a kind, as they are now. */
  <T extends HasMetadata> List<T> list(Class<T> kind);

  /** Ends all watches. */
  void close();
}
