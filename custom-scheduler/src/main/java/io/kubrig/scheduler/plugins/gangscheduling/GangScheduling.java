package io.kubrig.scheduler.plugins.gangscheduling;

import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.GangSchedulingPolicy;
import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroup;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.PermitPlugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PreEnqueuePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.PodGroups;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * All or nothing: pods of a group with a gang policy enter the queue when enough of them exist, and are bound when enough of them have a
 * node. Source: KEP-4671.
 */
public final class GangScheduling implements PreEnqueuePlugin, PermitPlugin, EnqueueExtensions {
  public static final String NAME = "GangScheduling";
  private static final Duration PERMIT_TIMEOUT = Duration.ofMinutes(5);
  private static final Status TOO_FEW = Status.unresolvable("waiting for minCount pods from a gang to appear in scheduling queue");
  private static final Result WAIT =
      new Result(new Status(Code.WAIT, List.of("waiting for minCount pods from a gang to be scheduled"), ""), PERMIT_TIMEOUT);

  private final PluginContext context;

  public GangScheduling(PluginContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return NAME;
  }

  private Optional<PodGroup> group(Pod pod) {
    return context.state().objects().of(PodGroup.class).find(pod.namespace(), pod.spec().order().group());
  }

  /** How many pods must go together; empty when each may go alone. */
  private static Optional<Integer> minCount(PodGroup group) {
    return Optional.ofNullable(group.getSpec().getSchedulingPolicy()).map(p -> p.getGang()).map(GangSchedulingPolicy::getMinCount);
  }

  @Override
  public Status preEnqueue(Pod pod) {
    if (!PodGroups.isMember(pod)) {
      return Status.SUCCESS;
    }
    Optional<PodGroup> group = group(pod);
    if (group.isEmpty()) {
      return Status.unresolvable("waiting for pods's pod group \"" + pod.spec().order().group() + "\" to appear in scheduling queue");
    }
    return minCount(group.get()).map(min -> context.state().groups().size(pod) < min ? TOO_FEW : Status.SUCCESS).orElse(Status.SUCCESS);
  }

  @Override
  public Result permit(CycleState state, Pod pod, String node) {
    if (!PodGroups.isMember(pod)) {
      return Result.ADMITTED;
    }
    Optional<PodGroup> group = group(pod);
    if (group.isEmpty()) {
      String name = pod.spec().order().group();
      return new Result(Status.error("failed to get podGroup " + pod.namespace() + "/" + name + ": podgroup.scheduling.k8s.io \"" + name
          + "\" not found"), Duration.ZERO);
    }
    Optional<Integer> min = minCount(group.get());
    if (min.isEmpty()) {
      return Result.ADMITTED;
    }
    PodGroups groups = context.state().groups();
    if (groups.scheduled(pod) < min.get()) {
      groups.waiting(pod).forEach(p -> context.loop().activate(p.uid()));
      return WAIT;
    }
    groups.assumed(pod).forEach(uid -> context.loop().allowWaiting(uid, NAME));
    return Result.ADMITTED;
  }

  private static boolean isSameGroup(Pod a, Pod b) {
    return PodGroups.isMember(a) && a.namespace().equals(b.namespace())
        && Objects.equals(a.spec().order().group(), b.spec().order().group());
  }

  private static boolean isOf(Pod pod, PodGroup group) {
    return pod.namespace().equals(group.getMetadata().getNamespace()) && group.getMetadata().getName().equals(pod.spec().order().group());
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.ADD), (pod, before, after) -> isSameGroup(pod, (Pod) after)),
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.ADD), (pod, before, after) -> isSameGroup(pod, (Pod) after)),
        new Registration(EventKind.of(Subject.POD_GROUP, Action.ADD), (pod, before, after) -> isOf(pod, (PodGroup) after)));
  }
}
