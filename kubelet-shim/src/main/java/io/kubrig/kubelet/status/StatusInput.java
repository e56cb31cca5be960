package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.ProbeReadings;
import io.kubrig.kubelet.pod.RuntimePod;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Everything that a pod's status follows from.
 *
 * @param pod with the status that was reported last
 * @param waiting why containers could not be started, by name
 * @param hostIps the node's addresses
 * @param finished whether the pod was stopped for good: what is not running now never will
 * @param failure why the kubelet itself ended the pod; null when it did not
 */
public record StatusInput(
    Pod pod,
    RuntimePod observed,
    Map<String, Waiting> waiting,
    ProbeReadings probes,
    List<String> hostIps,
    boolean finished,
    Failure failure,
    Instant now) {

  /** Why a container does not run yet. */
  public record Waiting(String reason, String message) {}

  /** Why the kubelet refused or evicted a pod. */
  public record Failure(String reason, String message) {}
}
