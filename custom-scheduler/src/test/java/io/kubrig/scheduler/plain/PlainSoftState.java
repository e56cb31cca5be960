package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** For each soft constraint: how many selected pods each domain of the nodes in question has, and how much the constraint weighs. */
final class PlainSoftState implements CycleState.Data {
  private final List<SpreadConstraint> constraints;
  private final List<Map<String, Integer>> counts = new ArrayList<>();
  private final double[] weights;
  private final Set<String> ignored = new HashSet<>();
  private final String namespace;

  PlainSoftState(Pod pod, List<SpreadConstraint> constraints, List<NodeInfo> candidates, List<NodeInfo> all, boolean allKeys) {
    this.constraints = constraints;
    this.namespace = pod.namespace();
    this.weights = new double[constraints.size()];
    constraints.forEach(c -> counts.add(new HashMap<>()));
    for (NodeInfo n : candidates) {
      if (allKeys && !PlainSpreading.hasAllKeys(n.node(), constraints)) {
        ignored.add(n.name());
      } else {
        noteDomains(n);
      }
    }
    for (int i = 0; i < weights.length; i++) {
      int domains = isHost(i) ? candidates.size() - ignored.size() : counts.get(i).size();
      weights[i] = Math.log(domains + 2.0);
    }
    for (NodeInfo n : all) {
      if (!allKeys || PlainSpreading.hasAllKeys(n.node(), constraints)) {
        count(pod, n);
      }
    }
  }

  private boolean isHost(int i) {
    return constraints.get(i).topologyKey().equals(PlainSpreading.HOSTNAME);
  }

  private void noteDomains(NodeInfo n) {
    for (int i = 0; i < constraints.size(); i++) {
      if (!isHost(i)) {
        counts.get(i).putIfAbsent(n.node().labels().find(constraints.get(i).topologyKey()).orElse(""), 0);
      }
    }
  }

  private void count(Pod pod, NodeInfo n) {
    for (int i = 0; i < constraints.size(); i++) {
      SpreadConstraint c = constraints.get(i);
      String domain = n.node().labels().value(c.topologyKey());
      if (!isHost(i) && domain != null && counts.get(i).containsKey(domain) && PlainSpreading.counts(c, pod, n.node())) {
        counts.get(i).merge(domain, PlainSpreading.selected(n, c.selector(), namespace), Integer::sum);
      }
    }
  }

  boolean ignores(NodeInfo n) {
    return ignored.contains(n.name());
  }

  /** How crowded the node's domains are. */
  long crowd(NodeInfo n) {
    double sum = 0;
    for (int i = 0; i < constraints.size(); i++) {
      SpreadConstraint c = constraints.get(i);
      String domain = n.node().labels().value(c.topologyKey());
      if (domain != null) {
        int count = isHost(i) ? PlainSpreading.selected(n, c.selector(), namespace) : counts.get(i).getOrDefault(domain, 0);
        sum += count * weights[i] + (c.maxSkew() - 1);
      }
    }
    return Math.round(sum);
  }
}
