package io.kubrig.scheduler.plugins.nodename;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Admits only the node that the pod names, if it names one. */
public final class NodeName implements FilterPlugin, EnqueueExtensions, NodeLocal {
  private static final Status OTHER_NODE = Status.unresolvable("node(s) didn't match the requested node name");

  @Override
  public String name() {
    return "NodeName";
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    String wanted = pod.spec().nodes().nodeName();
    return wanted == null || wanted.equals(node.name()) ? Status.SUCCESS : OTHER_NODE;
  }

  @Override
  public List<Registration> events() {
    return List.of(Registration.of(EventKind.of(EventKind.Subject.NODE, EventKind.Action.ADD)));
  }
}
