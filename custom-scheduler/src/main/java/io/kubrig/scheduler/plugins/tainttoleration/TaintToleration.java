package io.kubrig.scheduler.plugins.tainttoleration;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Taint;
import io.kubrig.scheduler.model.Toleration;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Keeps pods off nodes with taints they do not tolerate, and prefers nodes with few untolerated soft taints. */
public final class TaintToleration implements FilterPlugin, PreScorePlugin, ScorePlugin, EnqueueExtensions, NodeLocal {
  private static final Status UNTOLERATED = Status.unresolvable("node(s) had untolerated taint(s)");

  private record SoftTolerations(List<Toleration> tolerations) implements CycleState.Data {}

  @Override
  public String name() {
    return "TaintToleration";
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    return tolerates(pod, node.node()) ? Status.SUCCESS : UNTOLERATED;
  }

  /** Whether the pod tolerates every taint that repels. */
  public static boolean tolerates(Pod pod, Node node) {
    return tolerates(pod.spec().nodes().tolerations(), node);
  }

  /** Whether tolerations suffice for every taint of a node that repels. */
  public static boolean tolerates(List<Toleration> tolerations, Node node) {
    for (Taint taint : node.taints()) {
      if (taint.repels() && !Toleration.anyTolerates(tolerations, taint)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    state.put(this, new SoftTolerations(pod.spec().nodes().tolerations().stream()
        .filter(t -> t.effect() == null || t.effect().equals(Taint.PREFER_NO_SCHEDULE)).toList()));
    return Status.SUCCESS;
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    List<Taint> taints = node.node().taints();
    if (taints.isEmpty()) {
      return 0;
    }
    List<Toleration> tolerations = state.get(this, SoftTolerations.class).tolerations;
    return taints.stream().filter(t -> t.effect().equals(Taint.PREFER_NO_SCHEDULE) && !Toleration.anyTolerates(tolerations, t)).count();
  }

  @Override
  public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
    ScorePlugin.normalizeByMax(scores, true);
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_TAINT),
            (pod, before, after) -> tolerates(pod, (Node) after)
            && (before == null || !tolerates(pod, (Node) before))),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_TOLERATION),
            (pod, before, after) -> ((Pod) after).uid().equals(pod.uid())));
  }
}
