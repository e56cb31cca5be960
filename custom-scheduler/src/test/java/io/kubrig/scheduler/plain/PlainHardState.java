package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** For each hard constraint: how many selected pods each domain has. */
final class PlainHardState implements CycleState.Data {
  private final Pod pod;
  private final List<SpreadConstraint> constraints;
  private final List<Map<String, Integer>> counts = new ArrayList<>();
  private final int[] min;
  private final boolean[] self;

  private PlainHardState(Pod pod, List<SpreadConstraint> constraints) {
    this.pod = pod;
    this.constraints = constraints;
    this.min = new int[constraints.size()];
    this.self = new boolean[constraints.size()];
  }

  static PlainHardState of(Pod pod, List<SpreadConstraint> constraints, List<NodeInfo> nodes) {
    PlainHardState s = new PlainHardState(pod, constraints);
    for (SpreadConstraint c : constraints) {
      s.self[s.counts.size()] = c.selector().matches(pod.labels());
      s.counts.add(new HashMap<>());
    }
    for (NodeInfo n : nodes) {
      if (PlainSpreading.hasAllKeys(n.node(), constraints)) {
        for (int i = 0; i < constraints.size(); i++) {
          SpreadConstraint c = constraints.get(i);
          if (PlainSpreading.counts(c, pod, n.node())) {
            s.counts.get(i).merge(n.node().labels().value(c.topologyKey()), PlainSpreading.selected(n, c.selector(), pod.namespace()),
                Integer::sum);
          }
        }
      }
    }
    for (int i = 0; i < constraints.size(); i++) {
      s.findMin(i);
    }
    return s;
  }

  /** The fewest pods of any domain; zero while there are fewer domains than asked for. */
  private void findMin(int i) {
    Map<String, Integer> domains = counts.get(i);
    min[i] = domains.size() < constraints.get(i).minDomains() ? 0
        : domains.values().stream().mapToInt(Integer::intValue).min().orElse(Integer.MAX_VALUE);
  }

  List<SpreadConstraint> constraints() {
    return constraints;
  }

  /** Whether one more pod in a domain keeps the skew. */
  boolean fits(int i, String domain) {
    long skew = (long) counts.get(i).getOrDefault(domain, 0) + (self[i] ? 1 : 0) - min[i];
    return skew <= constraints.get(i).maxSkew();
  }

  /** Counts a pod that is put on ({@code by} 1) or taken from (−1) a node. */
  void count(Pod other, Node node, int by) {
    if (!other.namespace().equals(pod.namespace()) || !PlainSpreading.hasAllKeys(node, constraints)) {
      return;
    }
    for (int i = 0; i < constraints.size(); i++) {
      SpreadConstraint c = constraints.get(i);
      if (c.selector().matches(other.labels()) && PlainSpreading.counts(c, pod, node)) {
        counts.get(i).merge(node.labels().value(c.topologyKey()), by, Integer::sum);
        findMin(i);
      }
    }
  }

  @Override
  public PlainHardState copy() {
    PlainHardState s = new PlainHardState(pod, constraints);
    counts.forEach(m -> s.counts.add(new HashMap<>(m)));
    System.arraycopy(min, 0, s.min, 0, min.length);
    System.arraycopy(self, 0, s.self, 0, self.length);
    return s;
  }
}
