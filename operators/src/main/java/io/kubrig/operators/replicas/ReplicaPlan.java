package io.kubrig.operators.replicas;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.DeletionOrder;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a replica owner is to do about its pods.
 *
 * @param create how many pods to make
 * @param delete which pods to delete
 */
public record ReplicaPlan(int create, List<Pod> delete) {
  /** At most so many pods are made or deleted in one go. */
  static final int BURST = 500;

  private static final ReplicaPlan NOTHING = new ReplicaPlan(0, List.of());

  /**
   * What is known of an owner and its pods.
   *
   * @param active the owner's pods that are neither finished nor being deleted
   * @param terminating the number of the owner's pods that are being deleted; null where its kind does not say
   * @param related the pods of all sets of the owner's owner: they make nodes crowded
   */
  public record Observed(boolean ownerTerminating, int replicas, List<Pod> active, Integer terminating, List<Pod> related, Instant now) {}

  /** Makes up the difference between what is and what should be. */
  public static ReplicaPlan of(Observed observed) {
    int surplus = observed.active().size() - observed.replicas();
    if (observed.ownerTerminating() || surplus == 0) {
      return NOTHING;
    }
    if (surplus < 0) {
      return new ReplicaPlan(Math.min(-surplus, BURST), List.of());
    }
    int deletions = Math.min(surplus, BURST);
    if (deletions == observed.active().size()) {
      return new ReplicaPlan(0, observed.active());
    }
    return new ReplicaPlan(0, DeletionOrder.sorted(observed.active(), observed.related(), observed.now()).subList(0, deletions));
  }

  /**
   * The status that the observation and the outcome of the plan amount to.
   *
   * @param failure the message of the first write that failed
   */
  public static ReplicaStatus status(
      Observed observed, ReplicaStatus old, Map<String, String> templateLabels, int minReadySeconds, long generation,
          Optional<String> failure) {
    List<Pod> active = observed.active();
    int labeled = (int) active.stream().filter(pod -> Objects.labels(pod).entrySet().containsAll(templateLabels.entrySet())).count();
    int ready = (int) active.stream().filter(Pods::isReady).count();
    int available = (int) active.stream().filter(pod -> Pods.isAvailable(pod, minReadySeconds, observed.now())).count();
    return new ReplicaStatus(active.size(), labeled, ready, available, observed.terminating(), generation,
        conditions(observed, old, failure));
  }

  private static List<ReplicaStatus.Condition> conditions(Observed observed, ReplicaStatus old, Optional<String> failure) {
    if (failure.isPresent() == old.failure().isPresent()) {
      return old.conditions();
    }
    List<ReplicaStatus.Condition> conditions = new ArrayList<>(old.conditions());
    conditions.removeIf(c -> ReplicaStatus.FAILURE.equals(c.type()));
    failure.ifPresent(message -> conditions.add(new ReplicaStatus.Condition(ReplicaStatus.FAILURE, "True",
        observed.active().size() < observed.replicas() ? "FailedCreate" : "FailedDelete", message, Objects.time(observed.now()))));
    return conditions;
  }

  /** When a pod that is ready becomes available, if the owner waits for it. */
  public static Optional<Duration> nextAvailability(Observed observed, int minReadySeconds) {
    return observed.active().stream().flatMap(pod -> Pods.untilAvailable(pod, minReadySeconds, observed.now()).stream())
        .min(Duration::compareTo);
  }
}
