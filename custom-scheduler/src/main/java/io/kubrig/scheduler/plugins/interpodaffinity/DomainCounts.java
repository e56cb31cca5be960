package io.kubrig.scheduler.plugins.interpodaffinity;

import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;

/** How many pods of some kind each domain of one topology key has. Follows one {@link Layout}. */
final class DomainCounts {
  private final String key;
  private final Layout.Column column;
  private final int[] counts;
  private int total;

  DomainCounts(String key, Layout layout) {
    this.key = key;
    this.column = layout.column(key);
    this.counts = new int[column.size()];
  }

  String key() {
    return key;
  }

  /** Counts at the node's domain; a node without the key has none. */
  void add(NodeInfo node, int by) {
    int domain = column.domain()[node.position()];
    if (domain >= 0) {
      counts[domain] += by;
      total += by;
    }
  }

  /** The number at the node's domain. */
  int at(NodeInfo node) {
    int domain = column.domain()[node.position()];
    return domain < 0 ? 0 : counts[domain];
  }

  /** The sum over all domains. */
  int total() {
    return total;
  }
}
