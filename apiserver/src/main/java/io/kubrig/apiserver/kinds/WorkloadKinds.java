package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** Pods and everything that is made of pods: core's Pod, PodTemplate, ReplicationController, and the groups apps and batch. */
final class WorkloadKinds {
  private WorkloadKinds() {}

  static Map<String, Kind> all(Cluster cluster) {
    return Map.of();
  }
}
