package io.kubrig.scheduler.plugins.defaultpreemption;

import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How many more pods the disruption budgets let go. Pure. */
final class Budgets {
  private record Budget(String namespace, Selector selector, Set<String> disrupted, int allowed) {}

  private final List<Budget> all = new ArrayList<>();

  Budgets(ClusterObjects objects) {
    for (PodDisruptionBudget b : objects.budgets().all()) {
      Selector selector = Selector.of(b.getSpec().getSelector());
      if (selector.isNothing() || selector.isEverything()) {
        continue;
      }
      var status = b.getStatus();
      Set<String> disrupted = status == null || status.getDisruptedPods() == null ? Set.of() : status.getDisruptedPods().keySet();
      Integer allowed = status == null ? null : status.getDisruptionsAllowed();
      all.add(new Budget(b.getMetadata().getNamespace(), selector, new HashSet<>(disrupted), allowed == null ? 0 : allowed));
    }
  }

  /** Those of the pods, in order, whose eviction one after the other would violate a budget. */
  Set<Pod> violated(List<Pod> pods) {
    Set<Pod> out = new HashSet<>();
    Map<Budget, Integer> left = new HashMap<>();
    for (Pod pod : pods) {
      for (Budget b : all) {
        if (b.namespace.equals(pod.namespace()) && b.selector.matches(pod.labels()) && !b.disrupted.contains(pod.name())
            && left.merge(b, b.allowed - 1, (now, first) -> now - 1) < 0) {
          out.add(pod);
        }
      }
    }
    return out;
  }
}
