package io.kubrig.bench.scheduler;

import java.util.Map;
import java.util.Set;

/**
 * One size of a case of the upstream benchmark.
 *
 * @param threshold pods per second that upstream's own scheduler must reach on its machine; 0 when it has none
 * @param parameters what the {@code $NAME}s of the case's steps stand for
 * @param gates feature gates that upstream sets; those that 1.36 has left behind (queueing hints) say nothing to this scheduler
 */
record Workload(String benchmark, String name, int threshold, Map<String, String> parameters, Map<String, String> gates,
    Set<String> labels) {
  Workload {
    parameters = Map.copyOf(parameters);
    gates = Map.copyOf(gates);
    labels = Set.copyOf(labels);
  }

  String id() {
    return benchmark + "/" + name;
  }

  String parameter(String name) {
    String value = parameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException(id() + " has no parameter " + name);
    }
    return value;
  }
}
