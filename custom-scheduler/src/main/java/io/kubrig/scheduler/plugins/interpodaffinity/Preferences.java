package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.Arrays;

/** What the incoming pod thinks of others, and others of it: numbers of pods by domain, each with a weight. */
final class Preferences implements CycleState.Data {
  private DomainCounts[] counts = new DomainCounts[4];
  private long[] weights = new long[4];
  private int size;

  /** Adds pods with what each of them is worth; nothing when there are none or they are worth nothing. */
  void add(DomainCounts pods, long weight) {
    if (weight == 0 || pods.total() == 0) {
      return;
    }
    if (size == counts.length) {
      counts = Arrays.copyOf(counts, size * 2);
      weights = Arrays.copyOf(weights, size * 2);
    }
    counts[size] = pods;
    weights[size++] = weight;
  }

  boolean isEmpty() {
    return size == 0;
  }

  long score(NodeInfo node) {
    long sum = 0;
    for (int i = 0; i < size; i++) {
      sum += counts[i].at(node) * weights[i];
    }
    return sum;
  }
}
