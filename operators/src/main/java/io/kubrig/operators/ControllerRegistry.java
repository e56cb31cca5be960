package io.kubrig.operators;

import java.util.List;
import java.util.stream.Stream;

/** All controllers that there are, in the order in which they start. */
final class ControllerRegistry {
  private ControllerRegistry() {}

  static List<ControllerDescriptor> all() {
    return Stream.of(ClusterControllers.all(), WorkloadControllers.all()).flatMap(List::stream).toList();
  }
}
