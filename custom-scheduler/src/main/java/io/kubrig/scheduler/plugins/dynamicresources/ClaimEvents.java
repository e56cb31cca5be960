package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.scheduler.framework.EnqueueExtensions.Registration;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** The events that may help a pod whose claims could not be satisfied. */
final class ClaimEvents {
  private ClaimEvents() {}

  static List<Registration> registrations(Supplier<ClusterObjects> objects) {
    return List.of(
        Registration.of(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_LABEL, Action.UPDATE_NODE_ALLOCATABLE)),
        new Registration(EventKind.of(Subject.RESOURCE_CLAIM, Action.ADD, Action.UPDATE),
            (pod, before, after) -> mayHelp(pod, (ResourceClaim) before, (ResourceClaim) after, objects.get())),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_GENERATED_RESOURCE_CLAIM),
            (pod, before, after) -> pod.uid().equals(((Pod) after).uid()) && hasAllClaims((Pod) after, objects.get())),
        Registration.of(EventKind.of(Subject.DEVICE_CLASS, Action.ADD, Action.UPDATE)),
        Registration.of(EventKind.of(Subject.RESOURCE_SLICE, Action.ADD, Action.UPDATE)));
  }

  private static boolean hasAllClaims(Pod pod, ClusterObjects objects) {
    try {
      Claims.of(pod, objects.resourceClaims());
      return true;
    } catch (Claims.Missing e) {
      return false;
    }
  }

  /** A claim that gives up its devices helps everybody; any other change of its status helps its pods. */
  private static boolean mayHelp(Pod pod, ResourceClaim before, ResourceClaim after, ClusterObjects objects) {
    boolean uses;
    try {
      uses = Claims.of(pod, objects.resourceClaims()).stream().anyMatch(c -> c.getMetadata().getUid().equals(after.getMetadata().getUid()));
    } catch (Claims.Missing e) {
      return false;
    }
    if (before != null && Claims.isAllocated(before) && !Claims.isAllocated(after)) {
      return true;
    }
    return uses && (before == null || !Objects.equals(before.getStatus(), after.getStatus()));
  }
}
