package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.model.Pod;

/** Is told of every normalised score, before its weight. */
@FunctionalInterface
public interface ScoreListener {
  /** Hears nothing. */
  ScoreListener NONE = (pod, plugin, node, score) -> {};

  void scored(Pod pod, String plugin, String node, long score);
}
