package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Looks at the pod once before the nodes are filtered. {@link Code#SKIP} leaves out the plugin's Filter for this pod. */
public interface PreFilterPlugin extends Plugin {
  PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes);

  /** Adjusts the remembered data to a pod put on a node; only the copy of a state is passed. */
  default Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    return Status.SUCCESS;
  }

  /** Adjusts the remembered data to a pod taken from a node. */
  default Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    return Status.SUCCESS;
  }
}
