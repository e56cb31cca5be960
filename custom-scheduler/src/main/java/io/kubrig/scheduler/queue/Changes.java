package io.kubrig.scheduler.queue;

import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What an update of a pod or node has changed that can matter to scheduling. */
public final class Changes {
  private Changes() {}

  /** The events that an update of a pod amounts to. */
  public static Set<EventKind> between(Pod before, Pod after, Subject subject) {
    Set<EventKind> out = new LinkedHashSet<>();
    if (!before.labels().equals(after.labels())) {
      out.add(EventKind.of(subject, Action.UPDATE_POD_LABEL));
    }
    if (shrinks(before.spec().requests().total(), after.spec().requests().total())) {
      out.add(EventKind.of(subject, Action.UPDATE_POD_SCALE_DOWN));
    }
    if (before.spec().order().gates().size() != after.spec().order().gates().size()) {
      out.add(EventKind.of(subject, Action.UPDATE_POD_SCHEDULING_GATES_ELIMINATED));
    }
    if (!before.spec().nodes().tolerations().equals(after.spec().nodes().tolerations())) {
      out.add(EventKind.of(subject, Action.UPDATE_POD_TOLERATION));
    }
    if (before.source() != null && after.source() != null && before.source().getStatus() != null && after.source().getStatus() != null
        && !before.source().getStatus().getResourceClaimStatuses().equals(after.source().getStatus().getResourceClaimStatuses())) {
      out.add(EventKind.of(subject, Action.UPDATE_POD_GENERATED_RESOURCE_CLAIM));
    }
    return out;
  }

  private static boolean shrinks(ResourceVector before, ResourceVector after) {
    for (int i = 0; i < before.size(); i++) {
      if (after.get(i) < before.get(i)) {
        return true;
      }
    }
    return false;
  }

  /** The event that an update of a node amounts to; empty when nothing of interest has changed. */
  public static Optional<EventKind> between(Node before, Node after) {
    EnumSet<Action> actions = EnumSet.noneOf(Action.class);
    if (!before.allocatable().equals(after.allocatable()) || before.allowedPods() != after.allowedPods()) {
      actions.add(Action.UPDATE_NODE_ALLOCATABLE);
    }
    if (!before.labels().equals(after.labels())) {
      actions.add(Action.UPDATE_NODE_LABEL);
    }
    if (before.unschedulable() && !after.unschedulable() || !before.taints().equals(after.taints())) {
      actions.add(Action.UPDATE_NODE_TAINT);
    }
    if (!before.declaredFeatures().equals(after.declaredFeatures())) {
      actions.add(Action.UPDATE_NODE_DECLARED_FEATURE);
    }
    return actions.isEmpty() ? Optional.empty() : Optional.of(new EventKind(Subject.NODE, actions));
  }
}
