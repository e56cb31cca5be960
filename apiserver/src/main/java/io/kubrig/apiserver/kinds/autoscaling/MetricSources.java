package io.kubrig.apiserver.kinds.autoscaling;

import java.util.Map;

/** Types of metrics and the members that hold them. */
final class MetricSources {
  static final Map<String, String> MEMBERS =
      Map.of(
          "Object", "object",
          "Pods", "pods",
          "Resource", "resource",
          "ContainerResource", "containerResource",
          "External", "external");

  private MetricSources() {}

  static String member(String type) {
    return MEMBERS.getOrDefault(type, "resource");
  }
}
