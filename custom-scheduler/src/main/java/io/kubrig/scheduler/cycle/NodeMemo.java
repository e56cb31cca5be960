package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Touched;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

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
  private final List<List<Pod>> nominated;
  private final long[] nominatedAt;
  private final Status[] nominatedVerdicts;
  private Verdicts all;
  private long seen = NEVER;
  private final Map<Status, Status> same = new HashMap<>(); // equal verdicts are one object: counting them is then cheap
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
    this.nominated = new ArrayList<>(Collections.nCopies(nodes, null));
    this.nominatedAt = new long[nodes];
    this.nominatedVerdicts = new Status[nodes];
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
    verdicts[at] = verdict.isSuccess() ? verdict : same.computeIfAbsent(verdict, v -> v);
    failing[at] = (byte) failingFilter;
  }

  /**
   * What the filters say of every node now, when nothing but the node and the pods nominated to it matters: only nodes that have changed
   * are asked about again. Null when some answer cannot be remembered, and the nodes must be asked one by one.
   */
  Verdicts verdicts(Touched touched, Function<NodeInfo, Status> filter) {
    if (all == null) {
      all = new Verdicts(layout.nodes().size());
    }
    List<NodeInfo> nodes = layout.nodes();
    boolean[] sure = {true};
    IntConsumer ask = at -> {
      Status s = filter.apply(nodes.get(at));
      sure[0] &= s.isSuccess() || s.isRejected();
      all.set(at, s.isSuccess() ? s : same.computeIfAbsent(s, v -> v));
    };
    IntConsumer known = at -> {
      if (at < nodes.size()) { // else a node that is gone and whose pods follow it
        ask.accept(at);
      }
    };
    if (!touched.since(seen, known)) {
      IntStream.range(0, nodes.size()).forEach(ask);
    }
    seen = sure[0] ? touched.next() : NEVER;
    return sure[0] ? all : null;
  }

  /** A verdict for each node by position. */
  static final class Verdicts {
    private final Status[] byPosition;
    private final BitSet passing;

    private Verdicts(int nodes) {
      byPosition = new Status[nodes];
      passing = new BitSet(nodes);
    }

    private void set(int at, Status status) {
      byPosition[at] = status;
      passing.set(at, status.isSuccess());
    }

    /** The first position from one on, before an end, whose node passes; −1 when there is none. */
    int nextPassing(int from, int end) {
      int at = passing.nextSetBit(from);
      return at < end ? at : -1;
    }

    Status at(int position) {
      return byPosition[position];
    }

    /** All of them as they are now, by position. */
    List<Status> copy() {
      return List.of(byPosition);
    }
  }

  /** What the filters said with these pods nominated to the node: null when that is not known. */
  Status verdict(NodeInfo node, List<Pod> nominatedThere) {
    int at = node.position();
    return nominated.get(at) == nominatedThere && nominatedAt[at] == node.generation() ? nominatedVerdicts[at] : null;
  }

  void remember(NodeInfo node, List<Pod> nominatedThere, Status verdict) {
    int at = node.position();
    nominated.set(at, nominatedThere);
    nominatedAt[at] = node.generation();
    nominatedVerdicts[at] = verdict;
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
