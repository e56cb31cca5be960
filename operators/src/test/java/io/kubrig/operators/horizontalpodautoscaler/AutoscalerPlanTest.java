package io.kubrig.operators.horizontalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBuilder;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricSpec;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class AutoscalerPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static HorizontalPodAutoscaler autoscaler(int min, int max, String... metrics) {
    var builder = new HorizontalPodAutoscalerBuilder().withNewMetadata().withName("h").endMetadata().withNewSpec().withMinReplicas(min)
        .withMaxReplicas(max);
    for (String metric : metrics) {
      builder.addNewMetric().withType(metric).endMetric();
    }
    return builder.endSpec().build();
  }

  private static AutoscalerPlan plan(HorizontalPodAutoscaler autoscaler, int replicas, Function<MetricSpec, MetricProposals.Result> ask) {
    return plan(autoscaler, replicas, Optional.empty(), ask);
  }

  private static AutoscalerPlan plan(
      HorizontalPodAutoscaler autoscaler, int replicas, Optional<String> rivals, Function<MetricSpec, MetricProposals.Result> ask) {
    return AutoscalerPlan.of(new AutoscalerPlan.Observed(
        autoscaler, replicas, "app=web", rivals, ask, History.beginning(replicas, NOW.minusSeconds(3600)), Duration.ofMinutes(5), NOW));
  }

  private static MetricProposals.Result proposed(int replicas, String metric) {
    return new MetricProposals.Proposed(replicas, metric, new MetricStatus());
  }

  private static MetricProposals.Result never(MetricSpec spec) {
    throw new AssertionError("no metric is asked for");
  }

  @Test
  void a_target_of_size_zero_is_left_alone() {
    AutoscalerPlan plan = plan(autoscaler(1, 5, "Resource"), 0, AutoscalerPlanTest::never);
    assertThat(plan.size()).isEmpty();
    assertThat(plan.conditions()).singleElement().satisfies(condition -> assertThat(condition.reason()).isEqualTo("ScalingDisabled"));
  }

  @Test
  void bounds_come_before_metrics() {
    assertThat(plan(autoscaler(1, 5), 9, AutoscalerPlanTest::never).size())
        .contains(new AutoscalerPlan.Size(5, "Current number of replicas above Spec.MaxReplicas"));
    assertThat(plan(autoscaler(3, 5), 2, AutoscalerPlanTest::never).size())
        .contains(new AutoscalerPlan.Size(3, "Current number of replicas below Spec.MinReplicas"));
  }

  @Test
  void the_greatest_proposal_wins() {
    AutoscalerPlan plan = plan(autoscaler(1, 9, "A", "B"), 2, spec -> spec.getType().equals("A") ? proposed(2, "a") : proposed(3, "b"));
    assertThat(plan.size()).contains(new AutoscalerPlan.Size(3, "b above target"));
    assertThat(plan.metrics()).hasSize(2);
  }

  @Test
  void a_failed_metric_does_not_hinder_growth_but_shrinking() {
    Function<MetricSpec, MetricProposals.Result> four =
        spec -> spec.getType().equals("A") ? proposed(4, "a") : new MetricProposals.Failed("FailedB", "cause", "whole cause");
    assertThat(plan(autoscaler(1, 9, "A", "B"), 2, four).size()).contains(new AutoscalerPlan.Size(4, "a above target"));
    AutoscalerPlan held = plan(autoscaler(1, 9, "A", "B"), 6, four);
    assertThat(held.size()).isEmpty();
    assertThat(held.failure()).contains("invalid metrics (1 invalid out of 2), first error is: whole cause");
    assertThat(held.conditions()).containsExactly(
        new AutoscalerPlan.Condition("ScalingActive", false, "FailedB", "the HPA was unable to compute the replica count: cause"));
    assertThat(held.metrics().getLast().getType()).isEmpty();
  }

  @Test
  void two_autoscalers_of_the_same_pods_do_nothing() {
    AutoscalerPlan plan = plan(autoscaler(1, 9, "A"), 2, Optional.of("[ns/a ns/h]"), AutoscalerPlanTest::never);
    assertThat(plan.failure()).contains("pods by selector app=web are controlled by multiple HPAs: [ns/a ns/h]");
    assertThat(plan.events()).extracting(AutoscalerPlan.Warning::reason).containsExactly("AmbiguousSelector");
  }
}
