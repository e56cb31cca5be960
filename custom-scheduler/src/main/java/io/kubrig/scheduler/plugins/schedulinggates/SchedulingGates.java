package io.kubrig.scheduler.plugins.schedulinggates;

import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import java.util.List;

/** Keeps pods with scheduling gates out of the queue. Source: KEP-3521. */
public final class SchedulingGates implements PreEnqueuePlugin, EnqueueExtensions {
  @Override
  public String name() {
    return "SchedulingGates";
  }

  @Override
  public Status preEnqueue(Pod pod) {
    List<String> gates = pod.spec().order().gates();
    return gates.isEmpty() ? Status.SUCCESS : Status.unresolvable("waiting for scheduling gates: [" + String.join(" ", gates) + "]");
  }

  @Override
  public List<Registration> events() {
    return List.of(Registration.of(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_SCHEDULING_GATES_ELIMINATED)));
  }
}
