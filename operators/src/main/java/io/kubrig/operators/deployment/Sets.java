package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.hash.Hashes;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The replica sets of a deployment.
 *
 * @param current the one of the current template; empty when there is none
 * @param old all others
 */
record Sets(Optional<ReplicaSet> current, List<ReplicaSet> old) {
  static final Comparator<ReplicaSet> OLDEST_FIRST =
      Comparator.<ReplicaSet, Instant>comparing(Objects::created).thenComparing(set -> set.getMetadata().getName());

  /** Tells the sets apart; of several with the current template the oldest is current. */
  static Sets of(Deployment deployment, List<ReplicaSet> all) {
    return of(all, set -> isCurrent(deployment, set));
  }

  /** Tells the sets apart by whether they are of the current template. */
  static Sets of(List<ReplicaSet> all, Predicate<ReplicaSet> isCurrent) {
    Optional<ReplicaSet> current = all.stream().filter(isCurrent).min(OLDEST_FIRST);
    return new Sets(current, all.stream().filter(set -> current.isEmpty() || set != current.get()).toList());
  }

  static boolean isCurrent(Deployment deployment, ReplicaSet set) {
    return Hashes.sameTemplate(set.getSpec().getTemplate(), deployment.getSpec().getTemplate());
  }

  List<ReplicaSet> all() {
    return Stream.concat(old.stream(), current.stream()).toList();
  }

  List<ReplicaSet> activeOld() {
    return active(old);
  }

  /** The sets that are to have pods. */
  static List<ReplicaSet> active(List<ReplicaSet> sets) {
    return sets.stream().filter(set -> replicas(set) > 0).toList();
  }

  static int replicas(ReplicaSet set) {
    return Objects.orElse(set.getSpec().getReplicas(), 1);
  }

  /** Pods that the sets are to have. */
  static int replicas(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(Sets::replicas).sum();
  }

  /** Pods that the sets do have. */
  static int actual(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(set -> set.getStatus() == null ? 0 : Objects.orElse(set.getStatus().getReplicas(), 0)).sum();
  }

  static int ready(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(set -> set.getStatus() == null ? 0 : Objects.orElse(set.getStatus().getReadyReplicas(), 0)).sum();
  }

  static int available(ReplicaSet set) {
    return set.getStatus() == null ? 0 : Objects.orElse(set.getStatus().getAvailableReplicas(), 0);
  }

  static int available(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(Sets::available).sum();
  }

  /**
   * Pods of the sets that are available and stay: a set that has just been made smaller may still tell of pods that it is about to give
   * up. Natively these count, and a second step in that moment takes one pod too many.
   */
  static int remaining(List<ReplicaSet> sets) {
    return sets.stream().mapToInt(set -> Math.min(replicas(set), available(set))).sum();
  }

  /** Pods of the sets that still end; null when a set does not say. */
  static Integer terminating(List<ReplicaSet> sets) {
    int sum = 0;
    for (ReplicaSet set : sets) {
      if (set.getStatus() == null || set.getStatus().getTerminatingReplicas() == null) {
        return null;
      }
      sum += set.getStatus().getTerminatingReplicas();
    }
    return sum;
  }
}
