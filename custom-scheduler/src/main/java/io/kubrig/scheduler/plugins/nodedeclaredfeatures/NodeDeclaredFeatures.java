package io.kubrig.scheduler.plugins.nodedeclaredfeatures;

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
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Admits the nodes that declare the features a pod needs. Source: KEP-5328. */
public final class NodeDeclaredFeatures implements PreFilterPlugin, FilterPlugin, EnqueueExtensions, NodeLocal {
  private static final Status MISSING = Status.unresolvable("node(s) didn't match Pod's required features");

  @Override
  public String name() {
    return "NodeDeclaredFeatures";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    return pod.spec().footprint().features().isEmpty() ? PreFilterResult.SKIP : PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    return declares(pod, node.node()) ? Status.SUCCESS : MISSING;
  }

  private static boolean declares(Pod pod, Node node) {
    return node.declaredFeatures().containsAll(pod.spec().footprint().features());
  }

  @Override
  public List<Registration> events() {
    return List.of(new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_DECLARED_FEATURE),
        (pod, before, after) -> declares(pod, (Node) after)));
  }
}
