package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.standalone.simulated.PodScript.Behaviour;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What follows from a pod, its script and the time: a pure function. Times in statuses have whole seconds, as the API's have. */
final class PodPlan {
  private final Pod pod;
  private final Instant now;
  private final String hostAddress;
  private final String podAddress;

  /**
   * @param hostAddress the node's address
   * @param podAddress the address the pod has or is to get
   */
  PodPlan(Pod pod, Instant now, String hostAddress, String podAddress) {
    this.pod = pod;
    this.now = now;
    this.hostAddress = hostAddress;
    this.podAddress = podAddress;
  }

  PodStep next(Behaviour behaviour) {
    String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
    boolean ended = "Succeeded".equals(phase) || "Failed".equals(phase);
    if (pod.getMetadata().getDeletionTimestamp() != null) {
      return new PodStep.Remove(ended ? pod.getStatus() : statuses().ended(0));
    }
    if (ended) {
      return new PodStep.Rest();
    }
    if (!"Running".equals(phase)) {
      return new PodStep.Report(statuses().running(isReadyAtOnce(behaviour)));
    }
    return switch (behaviour) {
      case Behaviour.Runs runs -> whenReady(runs.readyAfter());
      case Behaviour.NeverReady never -> new PodStep.Rest();
      case Behaviour.Exits exits -> whenExited(exits);
    };
  }

  private static boolean isReadyAtOnce(Behaviour behaviour) {
    return switch (behaviour) {
      case Behaviour.Runs runs -> runs.readyAfter().isZero();
      case Behaviour.NeverReady never -> false;
      case Behaviour.Exits exits -> true;
    };
  }

  private PodStep whenReady(Duration readyAfter) {
    if (isReady()) {
      return new PodStep.Rest();
    }
    Duration left = Duration.between(now, startedAt().plus(readyAfter));
    return left.isPositive() ? new PodStep.LookAgain(left) : new PodStep.Report(statuses().running(true));
  }

  private boolean isReady() {
    return pod.getStatus().getConditions().stream()
        .anyMatch(condition -> condition.getType().equals("Ready") && condition.getStatus().equals("True"));
  }

  private PodStep whenExited(Behaviour.Exits exits) {
    Duration left = Duration.between(now, startedAt().plus(exits.after()));
    if (left.isPositive()) {
      return new PodStep.LookAgain(left);
    }
    String policy = pod.getSpec().getRestartPolicy();
    boolean restarts = "Always".equals(policy) || "OnFailure".equals(policy) && exits.exitCode() != 0;
    return new PodStep.Report(restarts ? statuses().restarted(exits.exitCode()) : statuses().ended(exits.exitCode()));
  }

  /** When the containers that run now were started. */
  private Instant startedAt() {
    return pod.getStatus().getContainerStatuses().stream()
        .map(status -> status.getState())
        .filter(state -> state != null && state.getRunning() != null)
        .map(state -> Instant.parse(state.getRunning().getStartedAt()))
        .findFirst()
        .orElse(now);
  }

  private PodStatuses statuses() {
    return new PodStatuses(pod, now.truncatedTo(ChronoUnit.SECONDS), hostAddress, podAddress);
  }

  static ContainerState runningSince(Instant time) {
    return new ContainerStateBuilder().withNewRunning().withStartedAt(time.toString()).endRunning().build();
  }
}
