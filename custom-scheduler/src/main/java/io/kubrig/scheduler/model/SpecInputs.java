package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Everything of an API object that {@link PodReader} makes a pod's labels and spec of, but the name of the node. */
final class SpecInputs {
  private static final List<Function<PodSpec, Object>> SPEC = List.of(PodSpec::getContainers, PodSpec::getInitContainers,
      PodSpec::getResources, PodSpec::getOverhead, PodSpec::getSchedulerName, PodSpec::getPriority, PodSpec::getPreemptionPolicy,
      PodSpec::getSchedulingGates, PodSpec::getSchedulingGroup, PodSpec::getNodeSelector, PodSpec::getAffinity, PodSpec::getTolerations,
      PodSpec::getTopologySpreadConstraints, PodSpec::getVolumes, PodSpec::getResourceClaims, PodSpec::getHostNetwork,
      PodSpec::getHostUsers);
  private static final List<Function<PodStatus, Object>> RESIZE = List.of(PodStatus::getContainerStatuses,
      PodStatus::getInitContainerStatuses, s -> s.getConditions().stream().filter(c -> c.getType().equals("PodResizePending")).toList());
  private static final PodStatus NO_STATUS = new PodStatus();

  private SpecInputs() {}

  /** Whether two versions of one pod have the same. */
  static boolean same(Pod a, Pod b) {
    return Objects.equals(a.getMetadata().getUid(), b.getMetadata().getUid())
        && Objects.equals(a.getMetadata().getLabels(), b.getMetadata().getLabels())
        && same(SPEC, a.getSpec(), b.getSpec()) && same(RESIZE, status(a), status(b));
  }

  private static PodStatus status(Pod pod) {
    return pod.getStatus() == null ? NO_STATUS : pod.getStatus();
  }

  private static <T> boolean same(List<Function<T, Object>> inputs, T a, T b) {
    if (a == b) {
      return true;
    }
    for (Function<T, Object> input : inputs) {
      if (!Objects.equals(input.apply(a), input.apply(b))) {
        return false;
      }
    }
    return true;
  }
}
