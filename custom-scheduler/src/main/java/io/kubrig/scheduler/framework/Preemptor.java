package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import java.util.List;

/** A PostFilter plugin that evicts pods, and can tell what it would do without doing it. */
public interface Preemptor extends PostFilterPlugin {

  /**
   * What would be done.
   *
   * @param node where room would be made; null: nowhere
   * @param victims who would have to leave, the most important first
   * @param budgetViolations how many of them a disruption budget protects
   * @param message why nowhere; empty otherwise
   */
  record Preview(String node, List<Pod> victims, long budgetViolations, String message) {
    /** Nobody would be evicted, for a reason. */
    public static Preview nobody(String message) {
      return new Preview(null, List.of(), 0, message);
    }
  }

  /**
   * What the plugin would do for a pod that the filters left no node for. Changes nothing and asks no extenders.
   *
   * @param mostNodes how many nodes may be tried out
   */
  Preview preview(CycleState state, Pod pod, NodeStatuses statuses, int mostNodes);
}
