package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.operators.engine.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Which pods each autoscaler scales, to find those that two of them scale. */
final class Selections {
  private final Map<Key, LabelSelector> selectors = new ConcurrentHashMap<>();

  /** An autoscaler that exists; it selects nothing before its target was read. */
  void watch(Key autoscaler) {
    selectors.putIfAbsent(autoscaler, LabelSelector.nothing());
  }

  /** What a known autoscaler selects; one that is gone meanwhile stays unknown. */
  void put(Key autoscaler, LabelSelector selector) {
    selectors.computeIfPresent(autoscaler, (key, before) -> selector);
  }

  void forget(Key autoscaler) {
    selectors.remove(autoscaler);
  }

  /** All autoscalers that select any of these pods, as messages name them; empty for less than two. */
  Optional<String> rivals(String namespace, List<Pod> pods) {
    List<String> found = selectors.entrySet().stream().filter(entry -> entry.getKey().namespace().equals(namespace))
        .filter(entry -> pods.stream().anyMatch(pod -> entry.getValue().matches(io.kubrig.operators.engine.Objects.labels(pod))))
        .map(entry -> entry.getKey().namespace() + "/" + entry.getKey().name()).sorted().toList();
    return found.size() < 2 ? Optional.empty() : Optional.of(found.stream().collect(Collectors.joining(" ", "[", "]")));
  }
}
