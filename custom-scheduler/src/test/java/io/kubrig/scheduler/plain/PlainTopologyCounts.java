package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.model.Labels;
import java.util.HashMap;
import java.util.Map;

/** A number for each pair of topology key and value. */
final class PlainTopologyCounts {
  private final Map<String, Map<String, Long>> byKey = new HashMap<>();

  /** Adds to the pair of a key and the node's value of it; a node without the key has no pair. Pairs at zero vanish. */
  void add(String key, Labels node, long by) {
    String value = node.value(key);
    if (value == null || by == 0) {
      return;
    }
    Map<String, Long> values = byKey.computeIfAbsent(key, k -> new HashMap<>());
    values.merge(value, by, (a, b) -> a + b == 0 ? null : Long.valueOf(a + b));
    if (values.isEmpty()) {
      byKey.remove(key);
    }
  }

  long of(String key, String value) {
    Map<String, Long> values = byKey.get(key);
    return values == null ? 0 : values.getOrDefault(value, 0L);
  }

  /** The sum over all keys for a node. */
  long sum(Labels node) {
    long sum = 0;
    for (Map.Entry<String, Map<String, Long>> e : byKey.entrySet()) {
      String value = node.value(e.getKey());
      sum += value == null ? 0 : e.getValue().getOrDefault(value, 0L);
    }
    return sum;
  }

  /** Whether some pair of the node has a positive number. */
  boolean anyPositive(Labels node) {
    for (Map.Entry<String, Map<String, Long>> e : byKey.entrySet()) {
      String value = node.value(e.getKey());
      if (value != null && e.getValue().getOrDefault(value, 0L) > 0) {
        return true;
      }
    }
    return false;
  }

  boolean isEmpty() {
    return byKey.isEmpty();
  }

  PlainTopologyCounts copy() {
    PlainTopologyCounts copy = new PlainTopologyCounts();
    byKey.forEach((k, v) -> copy.byKey.put(k, new HashMap<>(v)));
    return copy;
  }
}
