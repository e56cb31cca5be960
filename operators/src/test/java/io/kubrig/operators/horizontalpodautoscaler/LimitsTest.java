package io.kubrig.operators.horizontalpodautoscaler;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingPolicy;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
  private static final Duration WINDOW = Duration.ofMinutes(5);

  private static Limits simple(int current, int desired, History history) {
    return Limits.simple(new Limits.Wish(current, desired, 1, 50), history, WINDOW, NOW);
  }

  private static History began(int replicas, Duration ago) {
    return History.beginning(replicas, NOW.minus(ago));
  }

  private static HPAScalingRules rules(String select, HPAScalingPolicy... policies) {
    return new HPAScalingRules(List.of(policies), select, null, null);
  }

  @Test
  void growing_is_at_most_a_doubling_or_four() {
    assertThat(simple(1, 20, began(1, Duration.ZERO)).replicas()).isEqualTo(4);
    assertThat(simple(5, 20, began(5, Duration.ZERO)).replicas()).isEqualTo(10);
    assertThat(simple(5, 20, began(5, Duration.ZERO)).limited().reason()).isEqualTo("ScaleUpLimit");
    assertThat(simple(40, 60, began(40, Duration.ZERO)).limited().reason()).isEqualTo("TooManyReplicas");
  }

  @Test
  void shrinking_waits_until_the_window_has_passed() {
    Limits held = simple(4, 1, began(4, Duration.ofMinutes(1)));
    assertThat(held.replicas()).isEqualTo(4);
    assertThat(held.able().reason()).isEqualTo("ScaleDownStabilized");
    Limits released = simple(4, 1, began(4, Duration.ofMinutes(6)));
    assertThat(released.replicas()).isEqualTo(1);
    assertThat(released.able().reason()).isEqualTo("ReadyForNewScale");
    assertThat(released.history().recommendations()).containsExactly(new History.Step(1, NOW));
  }

  @Test
  void policies_count_what_their_period_has_seen() {
    HorizontalPodAutoscalerBehavior behavior =
        new HorizontalPodAutoscalerBehavior(null, rules("Max", new HPAScalingPolicy(300, "Pods", 3)));
    History history = began(2, Duration.ofHours(1)).changed(2, 4, NOW.minusSeconds(60), Duration.ofMinutes(5));
    Limits limits = Limits.byBehavior(new Limits.Wish(4, 20, 1, 50), behavior, history, WINDOW, NOW);
    assertThat(limits.replicas()).isEqualTo(5); // 2 at the beginning of the period, and 3
    assertThat(limits.limited().reason()).isEqualTo("ScaleUpLimit");
    History older = began(2, Duration.ofHours(1)).changed(2, 4, NOW.minusSeconds(301), Duration.ofMinutes(10));
    assertThat(Limits.byBehavior(new Limits.Wish(4, 20, 1, 50), behavior, older, WINDOW, NOW).replicas()).isEqualTo(7);
  }

  @Test
  void the_least_change_is_chosen_where_the_policy_says_so() {
    HPAScalingPolicy[] both = {new HPAScalingPolicy(60, "Pods", 3), new HPAScalingPolicy(60, "Percent", 100)};
    Limits.Wish grow = new Limits.Wish(2, 20, 1, 50);
    assertThat(Limits.byBehavior(grow, new HorizontalPodAutoscalerBehavior(null, rules("Min", both)), began(2, Duration.ZERO), WINDOW, NOW)
        .replicas())
        .isEqualTo(4);
    assertThat(Limits.byBehavior(grow, new HorizontalPodAutoscalerBehavior(null, rules("Max", both)), began(2, Duration.ZERO), WINDOW, NOW)
        .replicas())
        .isEqualTo(5);
  }

  @Test
  void a_disabled_direction_holds_the_size() {
    HorizontalPodAutoscalerBehavior behavior = new HorizontalPodAutoscalerBehavior(rules("Disabled"), null);
    Limits limits = Limits.byBehavior(new Limits.Wish(3, 1, 1, 5), behavior, began(1, Duration.ofHours(1)), WINDOW, NOW);
    assertThat(limits.replicas()).isEqualTo(3);
    assertThat(limits.limited().reason()).isEqualTo("ScaleDownLimit");
  }
}
