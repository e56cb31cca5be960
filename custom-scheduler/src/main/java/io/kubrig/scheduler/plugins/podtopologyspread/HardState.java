package io.kubrig.scheduler.plugins.podtopologyspread;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** For each hard constraint: how many selected pods each domain has. The numbers are shared until pods are tried out. */
final class HardState implements CycleState.Data {
  private final SpreadTally tally;
  private final String namespace;
  private final List<SpreadConstraint> constraints;
  private final boolean[] self;
  private final int[][] counts;
  /** Whether the numbers of a constraint belong to this state alone. */
  private final boolean[] own;
  private final int[] min;

  HardState(Pod pod, SpreadTally tally) {
    this.tally = tally;
    this.namespace = pod.namespace();
    this.constraints = tally.key().constraints();
    int size = constraints.size();
    this.self = new boolean[size];
    this.counts = new int[size][];
    this.own = new boolean[size];
    this.min = new int[size];
    for (int i = 0; i < size; i++) {
      self[i] = constraints.get(i).selector().matches(pod.labels());
      counts[i] = tally.counts(i);
      findMin(i);
    }
  }

  private HardState(HardState other) {
    this.tally = other.tally;
    this.namespace = other.namespace;
    this.constraints = other.constraints;
    this.self = other.self;
    this.counts = other.counts.clone();
    this.own = new boolean[counts.length];
    this.min = other.min.clone();
    for (int i = 0; i < counts.length; i++) {
      other.own[i] = false; // both must copy before they write
    }
  }

  /** The fewest pods of any domain; zero while there are fewer domains than asked for. */
  private void findMin(int i) {
    boolean[] exists = tally.domainExists(i);
    int[] c = counts[i];
    int domains = 0;
    int least = Integer.MAX_VALUE;
    for (int d = 0; d < c.length; d++) {
      if (exists[d]) {
        domains++;
        least = Math.min(least, c[d]);
      }
    }
    min[i] = domains < constraints.get(i).minDomains() ? 0 : least;
  }

  int size() {
    return constraints.size();
  }

  /** Whether a node has the topology key of a constraint. */
  boolean hasKey(int i, NodeInfo node) {
    return tally.domain(i, node.position()) >= 0;
  }

  /** Whether one more pod at a node keeps the skew. */
  boolean fits(int i, NodeInfo node) {
    long skew = (long) counts[i][tally.domain(i, node.position())] + (self[i] ? 1 : 0) - min[i];
    return skew <= constraints.get(i).maxSkew();
  }

  /** Tries out a pod on a node ({@code by} 1) or its absence (−1). */
  void tryOut(Pod other, NodeInfo node, int by) {
    int position = node.position();
    if (!other.namespace().equals(namespace) || !tally.hasAllKeys(position)) {
      return;
    }
    for (int i = 0; i < constraints.size(); i++) {
      if (tally.counts(i, position) && constraints.get(i).selector().matches(other.labels())) {
        if (!own[i]) {
          counts[i] = counts[i].clone();
          own[i] = true;
        }
        counts[i][tally.domain(i, position)] += by;
        findMin(i);
      }
    }
  }

  @Override
  public HardState copy() {
    return new HardState(this);
  }
}
