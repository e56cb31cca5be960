package io.kubrig.scheduler.plain;

import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.plugins.tainttoleration.TaintToleration;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** The rules both the filter and the score of {@link PlainPodTopologySpread} follow. */
final class PlainSpreading {
  static final String HOSTNAME = "kubernetes.io/hostname";

  private PlainSpreading() {}

  /** Whether the pods of a node count for a constraint at all. */
  static boolean counts(SpreadConstraint c, Pod pod, Node node) {
    return (!c.honorNodeAffinity() || pod.spec().nodes().admit(node)) && (!c.honorTaints() || TaintToleration.tolerates(pod, node));
  }

  static boolean hasAllKeys(Node node, List<SpreadConstraint> constraints) {
    for (SpreadConstraint c : constraints) {
      if (!node.labels().has(c.topologyKey())) {
        return false;
      }
    }
    return true;
  }

  /** How many pods on a node are selected; terminating ones are as good as gone, and an empty selector selects none. */
  static int selected(NodeInfo node, Selector selector, String namespace) {
    if (selector.isNothing() || selector.isEverything()) {
      return 0;
    }
    int n = 0;
    for (Pod p : node.pods()) {
      if (!p.isTerminating() && p.namespace().equals(namespace) && selector.matches(p.labels())) {
        n++;
      }
    }
    return n;
  }
}
