package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Counts and conditions of deployments. */
final class DeploymentStatuses {
  static final String PROGRESSING = "Progressing";
  static final String AVAILABLE = "Available";
  static final String FAILURE = "ReplicaFailure";
  static final String NEW_SET_AVAILABLE = "NewReplicaSetAvailable";
  static final String TIMED_OUT = "ProgressDeadlineExceeded";

  private DeploymentStatuses() {}

  static DeploymentStatus of(Deployment deployment) {
    return deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
  }

  static Optional<DeploymentCondition> condition(DeploymentStatus status, String type) {
    return Objects.orEmpty(status.getConditions()).stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  static DeploymentCondition condition(String type, String status, String reason, String message, Instant now) {
    return new DeploymentConditionBuilder().withType(type).withStatus(status).withReason(reason).withMessage(message)
        .withLastUpdateTime(Objects.time(now)).withLastTransitionTime(Objects.time(now)).build();
  }

  /** Puts a condition in place of the one of its type, unless status and reason are the same; it moves to the end of the list. */
  static void set(DeploymentStatus status, DeploymentCondition condition) {
    Optional<DeploymentCondition> old = condition(status, condition.getType());
    if (old.filter(c -> c.getStatus().equals(condition.getStatus()) && java.util.Objects.equals(c.getReason(), condition.getReason()))
        .isPresent()) {
      return;
    }
    old.filter(c -> c.getStatus().equals(condition.getStatus())).ifPresent(c -> condition.setLastTransitionTime(c.getLastTransitionTime()));
    remove(status, condition.getType());
    status.getConditions().add(condition);
  }

  static void remove(DeploymentStatus status, String type) {
    List<DeploymentCondition> others = new ArrayList<>(Objects.orEmpty(status.getConditions()));
    others.removeIf(c -> type.equals(c.getType()));
    status.setConditions(others);
  }

  static boolean hasDeadline(Deployment deployment) {
    Integer seconds = deployment.getSpec().getProgressDeadlineSeconds();
    return seconds != null && seconds != Integer.MAX_VALUE;
  }

  /** The counts of the sets, and whether there are enough pods. */
  static DeploymentStatus counted(Deployment deployment, Sets sets, Instant now) {
    List<ReplicaSet> all = sets.all();
    int available = Sets.available(all);
    int unavailable = Math.max(0, Sets.replicas(all) - available);
    int updated = Sets.actual(sets.current().stream().toList());
    DeploymentStatus status = new DeploymentStatusBuilder(of(deployment))
        .withObservedGeneration(Objects.generation(deployment))
        .withReplicas(zeroIsNull(Sets.actual(all))).withUpdatedReplicas(zeroIsNull(updated)).withReadyReplicas(zeroIsNull(Sets.ready(all)))
        .withAvailableReplicas(zeroIsNull(available)).withUnavailableReplicas(zeroIsNull(unavailable))
        .withTerminatingReplicas(Sets.terminating(all))
        .build();
    boolean enough = available >= Surge.replicas(deployment) - Surge.of(deployment).unavailable();
    set(status, enough ? condition(AVAILABLE, "True", "MinimumReplicasAvailable", "Deployment has minimum availability.", now)
        : condition(AVAILABLE, "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.", now));
    return status;
  }

  /** Zero counts are left out of a deployment's status. */
  private static Integer zeroIsNull(int count) {
    return count == 0 ? null : count;
  }

  /** The counts, how the rollout progresses, and why pods could not be made. */
  static DeploymentStatus ofRollout(Deployment deployment, Sets sets, Instant now) {
    DeploymentStatus status = counted(deployment, sets, now);
    if (!hasDeadline(deployment)) {
      remove(status, PROGRESSING);
    }
    Optional<DeploymentCondition> current = condition(of(deployment), PROGRESSING);
    boolean wasComplete = count(status.getReplicas()) == count(status.getUpdatedReplicas())
        && current.filter(c -> NEW_SET_AVAILABLE.equals(c.getReason())).isPresent();
    if (hasDeadline(deployment) && !wasComplete) {
      progress(deployment, sets, status, now);
    }
    Optional<DeploymentCondition> failure = failure(sets);
    failure.ifPresentOrElse(condition -> set(status, condition), () -> remove(status, FAILURE));
    return status;
  }

  private static void progress(Deployment deployment, Sets sets, DeploymentStatus status, Instant now) {
    String who = sets.current().map(set -> "ReplicaSet \"" + set.getMetadata().getName() + "\"")
        .orElse("Deployment \"" + deployment.getMetadata().getName() + "\"");
    if (isComplete(deployment, status)) {
      set(status, condition(PROGRESSING, "True", NEW_SET_AVAILABLE, who + " has successfully progressed.", now));
    } else if (isProgressing(of(deployment), status)) {
      DeploymentCondition fresh = condition(PROGRESSING, "True", "ReplicaSetUpdated", who + " is progressing.", now);
      condition(of(deployment), PROGRESSING).ifPresent(old -> {
        if ("True".equals(old.getStatus())) {
          fresh.setLastTransitionTime(old.getLastTransitionTime());
        }
        remove(status, PROGRESSING);
      });
      set(status, fresh);
    } else if (isTimedOut(deployment, status, now)) {
      set(status, condition(PROGRESSING, "False", TIMED_OUT, who + " has timed out progressing.", now));
    }
  }

  static boolean isComplete(Deployment deployment, DeploymentStatus status) {
    int replicas = Surge.replicas(deployment);
    return count(status.getUpdatedReplicas()) == replicas && count(status.getReplicas()) == replicas
        && count(status.getAvailableReplicas()) == replicas
        && status.getObservedGeneration() != null && status.getObservedGeneration() >= Objects.generation(deployment);
  }

  private static boolean isProgressing(DeploymentStatus before, DeploymentStatus now) {
    int oldBefore = count(before.getReplicas()) - count(before.getUpdatedReplicas());
    int oldNow = count(now.getReplicas()) - count(now.getUpdatedReplicas());
    return count(now.getUpdatedReplicas()) > count(before.getUpdatedReplicas()) || oldNow < oldBefore
        || count(now.getReadyReplicas()) > count(before.getReadyReplicas())
        || count(now.getAvailableReplicas()) > count(before.getAvailableReplicas());
  }

  private static boolean isTimedOut(Deployment deployment, DeploymentStatus status, Instant now) {
    Optional<DeploymentCondition> condition = condition(status, PROGRESSING);
    if (condition.isEmpty() || NEW_SET_AVAILABLE.equals(condition.get().getReason())) {
      return false;
    }
    return TIMED_OUT.equals(condition.get().getReason()) || deadline(deployment, condition.get()).isBefore(now);
  }

  private static Instant deadline(Deployment deployment, DeploymentCondition condition) {
    return Objects.time(condition.getLastUpdateTime()).orElse(Instant.EPOCH).plusSeconds(deployment.getSpec().getProgressDeadlineSeconds());
  }

  /** When to see whether a rollout that makes no progress has run out of time. */
  static Optional<Duration> recheck(Deployment deployment, DeploymentStatus status, Instant now) {
    Optional<DeploymentCondition> condition = condition(of(deployment), PROGRESSING);
    if (!hasDeadline(deployment) || condition.isEmpty() || isComplete(deployment, status)
        || TIMED_OUT.equals(condition.get().getReason())) {
      return Optional.empty();
    }
    Duration left = Duration.between(now, deadline(deployment, condition.get()));
    return Optional.of(left.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofMillis(200) : left.plusSeconds(1));
  }

  private static Optional<DeploymentCondition> failure(Sets sets) {
    Optional<DeploymentCondition> current = sets.current().flatMap(DeploymentStatuses::failure);
    return current.isPresent() ? current : sets.old().stream().flatMap(set -> failure(set).stream()).findFirst();
  }

  private static Optional<DeploymentCondition> failure(ReplicaSet set) {
    List<ReplicaSetCondition> conditions = set.getStatus() == null ? List.of() : Objects.orEmpty(set.getStatus().getConditions());
    return conditions.stream().filter(c -> FAILURE.equals(c.getType())).findFirst()
        .map(c -> new DeploymentConditionBuilder().withType(FAILURE).withStatus(c.getStatus()).withReason(c.getReason())
            .withMessage(c.getMessage()).withLastUpdateTime(c.getLastTransitionTime()).withLastTransitionTime(c.getLastTransitionTime())
                .build());
  }

  static int count(Integer count) {
    return Objects.orElse(count, 0);
  }
}
