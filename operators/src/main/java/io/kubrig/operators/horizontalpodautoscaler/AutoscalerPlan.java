package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What becomes of one look at an autoscaler.
 *
 * @param size the new size, if there is to be another
 * @param metrics what the metrics showed; empty where none was asked
 * @param conditions to be set, in this order
 * @param events of type Warning, to be recorded
 * @param failure told as FailedComputeMetricsReplicas, when nothing could be decided
 */
record AutoscalerPlan(
    Optional<Size> size, List<MetricStatus> metrics, List<Condition> conditions, List<Warning> events, Optional<String> failure,
        History history) {
  private static final String ABLE = "AbleToScale";
  private static final String ACTIVE = "ScalingActive";
  private static final String LIMITED = "ScalingLimited";

  /** A size and why. */
  record Size(int replicas, String reason) {}

  /** A condition to be set. */
  record Condition(String type, boolean status, String reason, String message) {}

  /** A warning to be recorded. */
  record Warning(String reason, String message) {}

  /**
   * What is known.
   *
   * @param replicas what the target's spec wants
   * @param rivals the autoscalers that scale the same pods, as the message names them; empty where there is no other
   * @param ask asks for a metric; called only where metrics decide
   * @param window of shrinking, where no behavior names one
   */
  record Observed(HorizontalPodAutoscaler autoscaler, int replicas, String selector, Optional<String> rivals,
      Function<MetricSpec, MetricProposals.Result> ask, History history, Duration window, Instant now) {}

  static AutoscalerPlan of(Observed seen) {
    HorizontalPodAutoscalerSpec spec = seen.autoscaler().getSpec();
    int min = Objects.orElse(spec.getMinReplicas(), 1);
    if (seen.replicas() == 0 && min != 0) {
      return bounded(seen, Optional.empty(), List.of(
          new Condition(ACTIVE, false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero")));
    }
    if (seen.replicas() > spec.getMaxReplicas()) {
      return bounded(seen, Optional.of(new Size(spec.getMaxReplicas(), "Current number of replicas above Spec.MaxReplicas")), List.of());
    }
    if (seen.replicas() < min) {
      return bounded(seen, Optional.of(new Size(min, "Current number of replicas below Spec.MinReplicas")), List.of());
    }
    if (seen.selector().isEmpty()) {
      return blind(seen, "SelectorRequired", "selector is required", "InvalidSelector", "the HPA target's scale is missing a selector");
    }
    if (seen.rivals().isPresent()) {
      String message = "pods by selector " + seen.selector() + " are controlled by multiple HPAs: " + seen.rivals().get();
      return blind(seen, "AmbiguousSelector", message, "AmbiguousSelector", message);
    }
    return byMetrics(seen, min);
  }

  private static AutoscalerPlan bounded(Observed seen, Optional<Size> size, List<Condition> conditions) {
    return new AutoscalerPlan(size, List.of(), conditions, List.of(), Optional.empty(), seen.history());
  }

  private static AutoscalerPlan blind(Observed seen, String event, String message, String reason, String told) {
    return new AutoscalerPlan(Optional.empty(), List.of(), List.of(new Condition(ACTIVE, false, reason, told)),
        List.of(new Warning(event, message)), Optional.of(message), seen.history());
  }

  private static AutoscalerPlan byMetrics(Observed seen, int min) {
    HorizontalPodAutoscalerSpec spec = seen.autoscaler().getSpec();
    List<MetricStatus> statuses = new ArrayList<>();
    List<Warning> warnings = new ArrayList<>();
    List<MetricProposals.Failed> failures = new ArrayList<>();
    MetricProposals.Proposed best = null;
    for (MetricSpec metric : Objects.orEmpty(spec.getMetrics())) {
      switch (seen.ask().apply(metric)) {
        case MetricProposals.Proposed proposed -> {
          statuses.add(proposed.status());
          best = best == null || best.replicas() == 0 || proposed.replicas() > best.replicas() ? proposed : best;
        }
        case MetricProposals.Failed failed -> {
          statuses.add(nothing());
          warnings.add(new Warning(failed.reason(), failed.cause()));
          failures.add(failed);
        }
      }
    }
    if (best == null || !failures.isEmpty() && best.replicas() < seen.replicas()) {
      return undecided(seen, statuses, warnings, failures);
    }
    Limits limits = limits(seen, best, min);
    List<Condition> conditions = List.of(
        new Condition(ACTIVE, true, "ValidMetricFound", "the HPA was able to successfully calculate a replica count from " + best.metric()),
        condition(ABLE, limits.able()), condition(LIMITED, limits.limited()));
    String reason = best.replicas() > seen.replicas() ? best.metric() + " above target" : best.replicas() < seen.replicas()
        ? "All metrics below target" : "";
    Optional<Size> size = limits.replicas() == seen.replicas() ? Optional.empty() : Optional.of(new Size(limits.replicas(), reason));
    return new AutoscalerPlan(size, statuses, conditions, warnings, Optional.empty(), limits.history());
  }

  /** All metrics failed, or some did and the others would have fewer replicas. */
  private static AutoscalerPlan undecided(
      Observed seen, List<MetricStatus> statuses, List<Warning> warnings, List<MetricProposals.Failed> failures) {
    if (failures.isEmpty()) {
      return new AutoscalerPlan(Optional.empty(), statuses, List.of(), warnings, Optional.of("invalid metrics (0 invalid out of 0)"),
          seen.history());
    }
    MetricProposals.Failed first = failures.getFirst();
    Condition condition = new Condition(ACTIVE, false, first.reason(), "the HPA was unable to compute the replica count: " + first.cause());
    String failure = "invalid metrics (" + failures.size() + " invalid out of " + statuses.size() + "), first error is: " + first.message();
    return new AutoscalerPlan(Optional.empty(), statuses, List.of(condition), warnings, Optional.of(failure), seen.history());
  }

  private static Limits limits(Observed seen, MetricProposals.Proposed best, int min) {
    HorizontalPodAutoscalerSpec spec = seen.autoscaler().getSpec();
    Limits.Wish wish = new Limits.Wish(seen.replicas(), best.replicas(), min, spec.getMaxReplicas());
    return spec.getBehavior() == null ? Limits.simple(wish, seen.history(), seen.window(), seen.now())
        : Limits.byBehavior(wish, spec.getBehavior(), seen.history(), seen.window(), seen.now());
  }

  private static Condition condition(String type, Limits.Told told) {
    return new Condition(type, told.status(), told.reason(), told.message());
  }

  /** The status of a metric that could not be had: the field is required, so it is there and empty. */
  private static MetricStatus nothing() {
    MetricStatus status = new MetricStatus();
    status.setType("");
    return status;
  }
}
