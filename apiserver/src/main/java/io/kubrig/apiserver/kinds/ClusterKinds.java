package io.kubrig.apiserver.kinds;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** Every kind that is no workload. */
final class ClusterKinds {
  private ClusterKinds() {}

  static Map<String, Kind> all(Cluster cluster) {
    return Map.of();
  }
}
