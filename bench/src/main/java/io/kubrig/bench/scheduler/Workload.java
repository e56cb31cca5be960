package io.kubrig.bench.scheduler;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One size of a case of the upstream benchmark.
 *
 * @param threshold pods per second that upstream's own scheduler must reach on its machine; 0 when it has none
 * @param parameters what the {@code $NAME}s of the case's steps stand for
 * @param gates feature gates that upstream sets; those that 1.36 has left behind (queueing hints) say nothing to this scheduler
 */
record Workload(String benchmark, String name, int threshold, Map<String, String> parameters, Map<String, String> gates,
    Set<String> labels) {
  private static final Pattern COUNT = Pattern.compile("[0-9]+");
  /** Numbers that say what an object is like, not how many there are. */
  private static final Set<String> KEPT = Set.of("maxClaimsPerNode", "classes", "numNodeDeclaredFeatures");

  Workload {
    parameters = Map.copyOf(parameters);
    gates = Map.copyOf(gates);
    labels = Set.copyOf(labels);
  }

  /** The same with a tenth of the nodes, pods and other objects, and with a second for what takes some time; without a threshold. */
  Workload tenth() {
    Map<String, String> fewer = new HashMap<>();
    parameters.forEach((name, value) -> fewer.put(name, name.equals("duration") ? "1s"
        : COUNT.matcher(value).matches() && !KEPT.contains(name) ? String.valueOf((Integer.parseInt(value) + 9) / 10) : value));
    return new Workload(benchmark, name + "/10", 0, fewer, gates, labels);
  }

  /** Whether there are so many of something that a tenth of it is worth running. */
  boolean isLarge() {
    return parameters.values().stream().anyMatch(v -> COUNT.matcher(v).matches() && Integer.parseInt(v) >= 1000);
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
