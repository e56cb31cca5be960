package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Does the slow work that must be done before a pod is bound. */
public interface PreBindPlugin extends Plugin {
  /** Whether there is anything to do ({@link Code#SKIP}: no). Runs on the scheduling thread and is quick. */
  Status preBindPreFlight(CycleState state, Pod pod, String node);

  /**
   * Does what the work of other plugins need not wait for: neighbours that have such a part all begin before any of them goes on. Runs on
   * the same thread as {@link #preBind}, and may block. By default there is no such part.
   */
  default Status beginPreBind(CycleState state, Pod pod, String node) throws InterruptedException {
    return Status.SUCCESS;
  }

  /** Whether {@link #beginPreBind} does anything. */
  default boolean beginsEarly() {
    return false;
  }

  /** Does it; runs on a thread of its own and may block. */
  Status preBind(CycleState state, Pod pod, String node) throws InterruptedException;
}
