package io.kubrig.scheduler.state;

import io.kubrig.scheduler.model.Pod;

/**
 * Numbers about which pods are where, kept up to date by what has changed since they were last asked for, instead of by a walk over all
 * pods for each attempt.
 *
 * <p>Invariant: after {@link #catchUp}, the numbers equal those that {@link #reset} and a {@link #count} of every pod on every node would
 * give. The differential test proves it.
 */
public abstract class Tally {
  private Layout layout;
  private long next;
  private long namespaces;

  /** Forgets all numbers; from now on positions are those of this layout. */
  protected abstract void reset(Layout newLayout);

  /** Counts a pod that came to ({@code by} 1) or left (−1) a node of the layout. */
  protected abstract void count(Pod pod, NodeInfo node, int by);

  /** Whether the numbers depend on the labels of namespaces. */
  protected abstract boolean dependsOnNamespaces();

  /** Brings the numbers up to date. */
  public final void catchUp(ClusterState cluster) {
    boolean sameNamespaces = !dependsOnNamespaces() || namespaces == cluster.objects().namespacesVersion();
    if (layout != cluster.layout() || !sameNamespaces || !cluster.journal().replay(next, this::countKnown)) {
      layout = cluster.layout();
      namespaces = cluster.objects().namespacesVersion();
      reset(layout);
      for (NodeInfo n : layout.nodes()) {
        for (Pod p : n.pods()) {
          count(p, n, 1);
        }
      }
    }
    next = cluster.journal().next();
  }

  /** Pods may be seen before their node. */
  private void countKnown(Pod pod, NodeInfo node, int by) {
    if (node.node() != null) {
      count(pod, node, by);
    }
  }
}
