package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Is told of every normalised score, before its weight. */
@FunctionalInterface
public interface ScoreListener {
  /** Hears nothing. */
  ScoreListener NONE = (pod, plugin, node, score) -> {};

  void scored(Pod pod, String plugin, String node, long score);

  /** The weighted sums, extenders included, of the nodes among which the highest is chosen. */
  default void ranked(Pod pod, List<NodeInfo> nodes, long[] totals) {}
}
