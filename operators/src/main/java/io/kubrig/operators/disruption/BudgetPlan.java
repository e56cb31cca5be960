package io.kubrig.operators.disruption;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Fraction;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * A budget's status, and what else is to be done.
 *
 * @param undeleted pods whose eviction was granted two minutes ago and that are still there
 * @param recheck when the next granted eviction runs out
 */
record BudgetPlan(PodDisruptionBudgetStatus status, List<Pod> undeleted, Optional<Duration> recheck) {
  static final Duration DELETION_TIMEOUT = Duration.ofMinutes(2);
  private static final String ALLOWED = "DisruptionAllowed";

  /** What is known. @param scale how many pods the owners of these pods want in all */
  record Observed(PodDisruptionBudget budget, List<Pod> pods, ToIntFunction<List<Pod>> scale, Instant now) {}

  private record Counts(int expected, int desired) {}

  /** @throws IllegalStateException the expected number cannot be found; the message says why */
  static BudgetPlan of(Observed seen) {
    Counts counts = counts(seen);
    Map<String, String> disrupted = new LinkedHashMap<>();
    List<Pod> undeleted = new ArrayList<>();
    Optional<Duration> recheck = granted(seen, disrupted, undeleted);
    int healthy = (int) seen.pods().stream().filter(pod -> !Objects.isTerminating(pod) && Pods.isReady(pod))
        .filter(pod -> !disrupted.containsKey(pod.getMetadata().getName())).count();
    int allowed = counts.expected <= 0 ? 0 : Math.max(0, healthy - counts.desired);
    PodDisruptionBudgetStatus status = new PodDisruptionBudgetStatusBuilder()
        .withObservedGeneration(Objects.generation(seen.budget())).withDisruptedPods(disrupted)
        .withCurrentHealthy(healthy).withDesiredHealthy(counts.desired).withExpectedPods(counts.expected).withDisruptionsAllowed(allowed)
        .withConditions(conditions(seen, allowed > 0 ? "True" : "False", allowed > 0 ? "SufficientPods" : "InsufficientPods", ""))
        .build();
    return new BudgetPlan(status, undeleted, recheck);
  }

  /** The status of a budget whose pods could not be counted: nothing is allowed. */
  static PodDisruptionBudgetStatus failed(Observed seen, String message) {
    PodDisruptionBudgetStatus status = seen.budget().getStatus() == null ? new PodDisruptionBudgetStatus()
        : Objects.copy(seen.budget().getStatus());
    status.setDisruptionsAllowed(0);
    status.setConditions(conditions(seen, "False", "SyncFailed", message));
    return status;
  }

  /** Whether the budget is a share of what the pods' owners want, so that pods without owner cannot be counted. */
  static boolean needsScale(PodDisruptionBudget budget) {
    var spec = budget.getSpec();
    return spec.getMaxUnavailable() != null || spec.getMinAvailable() != null && spec.getMinAvailable().getStrVal() != null;
  }

  private static Counts counts(Observed seen) {
    var spec = seen.budget().getSpec();
    if (spec.getMaxUnavailable() != null) {
      int expected = seen.scale().applyAsInt(seen.pods());
      return new Counts(expected, Math.max(0, expected - Fraction.roundedUp(spec.getMaxUnavailable(), expected)));
    }
    if (spec.getMinAvailable() == null) {
      return new Counts(0, 0);
    }
    if (spec.getMinAvailable().getStrVal() == null) {
      return new Counts(seen.pods().size(), Objects.orElse(spec.getMinAvailable().getIntVal(), 0));
    }
    int expected = seen.scale().applyAsInt(seen.pods());
    return new Counts(expected, Fraction.roundedUp(spec.getMinAvailable(), expected));
  }

  private static Optional<Duration> granted(Observed seen, Map<String, String> disrupted, List<Pod> undeleted) {
    Map<String, String> granted = seen.budget().getStatus() == null ? Map.of()
        : Objects.orEmpty(seen.budget().getStatus().getDisruptedPods());
    Duration next = null;
    for (Pod pod : seen.pods()) {
      String since = granted.get(pod.getMetadata().getName());
      if (since == null || Objects.isTerminating(pod)) {
        continue;
      }
      Duration left = Duration.between(seen.now(), Objects.time(since).orElse(Instant.EPOCH).plus(DELETION_TIMEOUT));
      if (left.isNegative()) {
        undeleted.add(pod);
      } else {
        disrupted.put(pod.getMetadata().getName(), since);
        next = next == null || left.compareTo(next) < 0 ? left : next;
      }
    }
    return Optional.ofNullable(next);
  }

  private static List<Condition> conditions(Observed seen, String status, String reason, String message) {
    List<Condition> others = new ArrayList<>();
    Condition old = null;
    for (Condition condition : seen.budget().getStatus() == null ? List.<Condition>of()
        : Objects.orEmpty(seen.budget().getStatus().getConditions())) {
      if (ALLOWED.equals(condition.getType())) {
        old = condition;
      } else {
        others.add(condition);
      }
    }
    String since = old != null && old.getStatus().equals(status) ? old.getLastTransitionTime() : Objects.time(seen.now());
    others.add(new ConditionBuilder().withType(ALLOWED).withStatus(status).withReason(reason).withMessage(message)
        .withLastTransitionTime(since).withObservedGeneration(Objects.generation(seen.budget())).build());
    return others;
  }
}
