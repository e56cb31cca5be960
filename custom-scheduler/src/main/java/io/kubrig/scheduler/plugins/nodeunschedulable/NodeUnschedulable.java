package io.kubrig.scheduler.plugins.nodeunschedulable;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Toleration;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Keeps pods off cordoned nodes, unless they tolerate it. */
public final class NodeUnschedulable
    implements FilterPlugin, EnqueueExtensions, NodeLocal {
  private static final Status UNSCHEDULABLE = Status.unresolvable("node(s) were unschedulable");

  @Override
  public String name() {
    return "NodeUnschedulable";
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    return admits(pod, node.node()) ? Status.SUCCESS : UNSCHEDULABLE;
  }

  private static boolean admits(Pod pod, Node node) {
    return !node.unschedulable() || Toleration.anyTolerates(pod.spec().nodes().tolerations(), Node.UNSCHEDULABLE);
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_TAINT), (pod, before, after) -> admits(pod, (Node) after)
            && (before == null || !admits(pod, (Node) before))),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_TOLERATION), (pod, before, after) ->
            ((Pod) after).uid().equals(pod.uid())
                && Toleration.anyTolerates(((Pod) after).spec().nodes().tolerations(), Node.UNSCHEDULABLE)));
  }
}
