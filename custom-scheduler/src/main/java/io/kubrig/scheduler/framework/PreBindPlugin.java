package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Does the slow work that must be done before a pod is bound. */
public interface PreBindPlugin extends Plugin {
  /** Whether there is anything to do ({@link Code#SKIP}: no). Runs on the scheduling thread and is quick. */
  Status preBindPreFlight(CycleState state, Pod pod, String node);

  /** Does it; runs on a thread of its own and may block. */
  Status preBind(CycleState state, Pod pod, String node) throws InterruptedException;
}
