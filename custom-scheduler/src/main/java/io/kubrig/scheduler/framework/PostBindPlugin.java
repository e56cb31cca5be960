package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/** Is told of a pod that was bound. */
public interface PostBindPlugin extends Plugin {
  void postBind(CycleState state, Pod pod, String node);
}
