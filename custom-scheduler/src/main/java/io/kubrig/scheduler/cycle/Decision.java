package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.Status;

/** What came of looking for a node. */
public sealed interface Decision {
  /** A node was chosen. */
  record Placed(String node, int evaluated, int feasible) implements Decision {}

  /** No node fits. */
  record NoFit(FitError why) implements Decision {}

  /** There are no nodes at all. */
  record NoNodes() implements Decision {}

  /** Something went wrong. */
  record Failed(Status status) implements Decision {}
}
