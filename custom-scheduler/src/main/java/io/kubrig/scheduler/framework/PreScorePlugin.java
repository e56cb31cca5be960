package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Looks at the nodes that are left before they are scored. {@link Code#SKIP} leaves out the plugin's Score for this pod. */
public interface PreScorePlugin extends Plugin {
  Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes);
}
