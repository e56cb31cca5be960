package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Binds a pod to its node; {@link Code#SKIP} leaves it to the next plugin. Runs on a thread of its own and may block. */
public interface BindPlugin extends Plugin {
  Status bind(CycleState state, Pod pod, String node) throws InterruptedException;
}
