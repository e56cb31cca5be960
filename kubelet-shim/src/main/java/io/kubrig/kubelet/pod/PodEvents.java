package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Pod;

/** Where the kubelet tells what happens to pods. An implementation must not block. */
public interface PodEvents {
  /**
   * An event about a pod.
   *
   * @param container the container it is about; empty for the pod as a whole
   * @param warning whether it is of type Warning, not Normal
   */
  void record(Pod pod, String container, boolean warning, String reason, String message);

  default void normal(Pod pod, String container, String reason, String message) {
    record(pod, container, false, reason, message);
  }

  default void warning(Pod pod, String container, String reason, String message) {
    record(pod, container, true, reason, message);
  }
}
