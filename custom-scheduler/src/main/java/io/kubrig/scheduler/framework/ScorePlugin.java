package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Ranks the nodes that are left. After normalisation a score lies in 0..{@value #MAX}. */
public interface ScorePlugin extends Plugin {
  long MAX = 100;

  /** The raw score of one node. May throw {@link PluginException}. */
  long score(CycleState state, Pod pod, NodeInfo node);

  /** Brings the raw scores, one per node, into 0..{@value #MAX}; does nothing when they already are. */
  default void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {}

  /** Scales scores so that the highest is {@value #MAX}; with {@code reverse} the highest becomes 0. */
  static void normalizeByMax(long[] scores, boolean reverse) {
    long max = 0;
    for (long s : scores) {
      max = Math.max(max, s);
    }
    for (int i = 0; i < scores.length; i++) {
      if (max == 0) {
        scores[i] = reverse ? MAX : scores[i];
      } else {
        long s = MAX * scores[i] / max;
        scores[i] = reverse ? MAX - s : s;
      }
    }
  }
}
