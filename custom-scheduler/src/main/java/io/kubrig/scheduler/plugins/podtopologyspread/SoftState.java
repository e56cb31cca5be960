package io.kubrig.scheduler.plugins.podtopologyspread;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** For each soft constraint: how many selected pods each domain of the nodes in question has, and how much the constraint weighs. */
final class SoftState implements CycleState.Data {
  private final SpreadTally tally;
  private final List<SpreadConstraint> constraints;
  private final double[] weights;

  SoftState(SpreadTally tally, List<NodeInfo> candidates) {
    this.tally = tally;
    this.constraints = tally.key().constraints();
    this.weights = new double[constraints.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Math.log(domains(i, candidates) + 2.0);
    }
  }

  /** In how many different domains the candidates are; every node is its own host, and all without the key are one domain more. */
  private int domains(int i, List<NodeInfo> candidates) {
    boolean[] seen = tally.key().isPerNode(i) ? null : new boolean[tally.domains(i) + 1];
    int n = 0;
    for (NodeInfo c : candidates) {
      if (!ignores(c)) {
        if (seen == null) {
          n++;
          continue;
        }
        int domain = tally.domain(i, c.position()) + 1;
        if (!seen[domain]) {
          seen[domain] = true;
          n++;
        }
      }
    }
    return n;
  }

  /** Whether a node is out of the question because it lacks a topology key. */
  boolean ignores(NodeInfo n) {
    return tally.key().allKeys() && !tally.hasAllKeys(n.position());
  }

  /** How crowded the node's domains are. */
  long crowd(NodeInfo n) {
    int position = n.position();
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      int domain = tally.domain(i, position);
      if (domain >= 0) {
        int count = tally.counts(i)[tally.key().isPerNode(i) ? position : domain];
        sum += count * weights[i] + (constraints.get(i).maxSkew() - 1);
      }
    }
    return Math.round(sum);
  }
}
