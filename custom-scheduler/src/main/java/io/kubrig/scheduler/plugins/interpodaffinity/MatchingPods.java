package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Tally;
import java.util.List;

/** How many pods match all of some terms, for the topology key of each. */
final class MatchingPods extends Tally {
  private final List<AffinityTerm> terms;
  private final ClusterObjects objects;
  private final boolean byNamespaceLabels;
  private DomainCounts[] counts = {};

  MatchingPods(List<AffinityTerm> terms, ClusterObjects objects) {
    this.terms = terms;
    this.objects = objects;
    this.byNamespaceLabels = terms.stream().anyMatch(t -> !t.namespaceSelector().isNothing());
  }

  @Override
  protected void reset(Layout layout) {
    counts = terms.stream().map(t -> new DomainCounts(t.topologyKey(), layout)).toArray(DomainCounts[]::new);
  }

  @Override
  protected void count(Pod pod, NodeInfo node, int by) {
    if (matchesAll(terms, pod, objects.namespaceLabels(pod.namespace()))) {
      for (DomainCounts c : counts) {
        c.add(node, by);
      }
    }
  }

  /** Whether a pod matches every one of the terms. */
  static boolean matchesAll(List<AffinityTerm> terms, Pod pod, Labels namespace) {
    for (AffinityTerm t : terms) {
      if (!t.matches(pod, namespace)) {
        return false;
      }
    }
    return true;
  }

  @Override
  protected boolean dependsOnNamespaces() {
    return byNamespaceLabels;
  }

  /** One for each term, in their order. */
  DomainCounts[] counts() {
    return counts;
  }
}
