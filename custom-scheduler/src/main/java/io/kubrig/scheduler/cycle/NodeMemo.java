package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.Arrays;

/**
 * What the node-local plugins of a profile said about each node for one pod spec. An answer holds while the node's generation is the one
 * it was given for.
 *
 * <p>Indexed by the position of a node in one {@link Layout}; used by the scheduling thread only.
 */
final class NodeMemo {
  private static final long NEVER = -1;

  private final Layout layout;
  private final long imagesVersion;
  private final long[] filteredAt;
  private final Status[] verdicts;
  private final byte[] failing;
  private final long[] scoredAt;
  private final long[][] scores;

  /** A memo for so many score plugins. */
  NodeMemo(Layout layout, long imagesVersion, int scorePlugins) {
    int nodes = layout.nodes().size();
    this.layout = layout;
    this.imagesVersion = imagesVersion;
    this.filteredAt = new long[nodes];
    this.verdicts = new Status[nodes];
    this.failing = new byte[nodes];
    this.scoredAt = new long[nodes];
    this.scores = new long[scorePlugins][nodes];
    Arrays.fill(filteredAt, NEVER);
    Arrays.fill(scoredAt, NEVER);
  }

  boolean isFor(Layout present, long presentImages) {
    return layout == present && imagesVersion == presentImages;
  }

  /** What the filters said: null when that is not known. */
  Status verdict(NodeInfo node) {
    int at = node.position();
    return filteredAt[at] == node.generation() ? verdicts[at] : null;
  }

  /** The place, among the profile's filters, of the one that turned the pod down. */
  int failing(NodeInfo node) {
    return failing[node.position()];
  }

  /** Notes a verdict and the filter that gave it; when it does not hold, only until the next question. */
  void remember(NodeInfo node, Status verdict, int failingFilter, boolean holds) {
    int at = node.position();
    filteredAt[at] = holds ? node.generation() : NEVER;
    verdicts[at] = verdict;
    failing[at] = (byte) failingFilter;
  }

  /** Whether the scores of a node are known. */
  boolean isScored(NodeInfo node) {
    return scoredAt[node.position()] == node.generation();
  }

  void markScored(NodeInfo node) {
    scoredAt[node.position()] = node.generation();
  }

  /** The raw scores of one plugin by position. */
  long[] scores(int plugin) {
    return scores[plugin];
  }
}
