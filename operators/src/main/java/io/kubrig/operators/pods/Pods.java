package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The state of one pod, as controllers read it. */
public final class Pods {
  private Pods() {}

  /** The phase; empty when the pod has none yet. */
  public static String phase(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getPhase() == null ? "" : pod.getStatus().getPhase();
  }

  /** Succeeded or Failed. */
  public static boolean isFinished(Pod pod) {
    return phase(pod).equals("Succeeded") || phase(pod).equals("Failed");
  }

  /** Neither finished nor being deleted. */
  public static boolean isActive(Pod pod) {
    return !isFinished(pod) && !Objects.isTerminating(pod);
  }

  /** Being deleted while its containers may still run. */
  public static boolean isTerminating(Pod pod) {
    return !isFinished(pod) && Objects.isTerminating(pod);
  }

  /** Whether a node was chosen. */
  public static boolean isAssigned(Pod pod) {
    return pod.getSpec() != null && pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty();
  }

  /** A condition of a type. */
  public static Optional<PodCondition> condition(Pod pod, String type) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    for (PodCondition condition : Objects.orEmpty(pod.getStatus().getConditions())) { // asked of every pod at every turn: no stream
      if (type.equals(condition.getType())) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  /** Whether the condition Ready is True. */
  public static boolean isReady(Pod pod) {
    return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).isPresent();
  }

  /** Since when the pod has been ready. */
  public static Optional<Instant> readySince(Pod pod) {
    return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).flatMap(c -> Objects.time(c.getLastTransitionTime()));
  }

  /** Whether the pod has been ready for long enough. */
  public static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
    if (!isReady(pod)) {
      return false;
    }
    return minReadySeconds == 0 || readySince(pod).filter(since -> !since.plusSeconds(minReadySeconds).isAfter(now)).isPresent();
  }

  /** How long until a ready pod becomes available; empty when it is not ready or is available. */
  public static Optional<Duration> untilAvailable(Pod pod, int minReadySeconds, Instant now) {
    if (minReadySeconds == 0 || isAvailable(pod, minReadySeconds, now)) {
      return Optional.empty();
    }
    return readySince(pod).map(since -> Duration.between(now, since.plusSeconds(minReadySeconds)));
  }

  /** The highest number of restarts of any regular container. */
  public static int maxRestarts(Pod pod) {
    if (pod.getStatus() == null) {
      return 0;
    }
    return Objects.orEmpty(pod.getStatus().getContainerStatuses()).stream().map(ContainerStatus::getRestartCount)
        .mapToInt(restarts -> Objects.orElse(restarts, 0)).max().orElse(0);
  }
}
