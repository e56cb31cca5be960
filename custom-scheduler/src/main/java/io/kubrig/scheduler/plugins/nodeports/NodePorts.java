package io.kubrig.scheduler.plugins.nodeports;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.HostPort;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Admits the nodes whose host ports are free. */
public final class NodePorts implements PreFilterPlugin, FilterPlugin, EnqueueExtensions, NodeLocal {
  private static final Status TAKEN = Status.unschedulable("node(s) didn't have free ports for the requested pod ports");

  @Override
  public String name() {
    return "NodePorts";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    return pod.spec().footprint().ports().isEmpty() ? PreFilterResult.SKIP : PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    return conflict(pod.spec().footprint().ports(), node.ports()) ? TAKEN : Status.SUCCESS;
  }

  private static boolean conflict(List<HostPort> wanted, List<HostPort> taken) {
    for (HostPort w : wanted) {
      for (HostPort t : taken) {
        if (w.conflicts(t)) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE),
            (pod, before, after) -> conflict(pod.spec().footprint().ports(), ((Pod) before).spec().footprint().ports())),
        Registration.of(EventKind.of(Subject.NODE, Action.ADD)));
  }
}
