package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;

/** Decides whether a pod can run on a node. */
public interface FilterPlugin extends Plugin {
  Status filter(CycleState state, Pod pod, NodeInfo node);
}
