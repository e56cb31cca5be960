package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.model.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToLongFunction;

/** A number for each pair of topology key and value; for the few pods that are tried out on top of {@link DomainCounts}. */
final class TopologyCounts {
  private final Map<String, Map<String, Long>> byKey = new HashMap<>();

  /** Adds to the pair of a key and the node's value of it; a node without the key has no pair. */
  void add(String key, Labels node, long by) {
    String value = node.value(key);
    if (value != null) {
      byKey.computeIfAbsent(key, k -> new HashMap<>()).merge(value, by, Long::sum);
    }
  }

  long of(String key, String value) {
    Map<String, Long> values = byKey.get(key);
    return values == null ? 0 : values.getOrDefault(value, 0L);
  }

  /** Whether, for some key that is counted here, the node's number together with what else there is of the key is positive. */
  boolean anyPositive(Labels node, ToLongFunction<String> besides) {
    for (Map.Entry<String, Map<String, Long>> e : byKey.entrySet()) {
      String value = node.value(e.getKey());
      if (value != null && e.getValue().getOrDefault(value, 0L) + besides.applyAsLong(e.getKey()) > 0) {
        return true;
      }
    }
    return false;
  }

  /** The sum over all pairs. */
  long total() {
    long sum = 0;
    for (Map<String, Long> values : byKey.values()) {
      for (long n : values.values()) {
        sum += n;
      }
    }
    return sum;
  }

  TopologyCounts copy() {
    TopologyCounts copy = new TopologyCounts();
    byKey.forEach((k, v) -> copy.byKey.put(k, new HashMap<>(v)));
    return copy;
  }
}
