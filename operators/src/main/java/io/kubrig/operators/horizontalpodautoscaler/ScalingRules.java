package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingPolicy;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.util.List;
import java.util.function.IntBinaryOperator;
import java.util.function.ToIntFunction;

/**
 * The rules for one direction, complete.
 *
 * @param window over which recommendations are smoothed
 * @param select Max, Min or Disabled
 */
record ScalingRules(Duration window, String select, List<HPAScalingPolicy> policies) {
  private static final double HUNDRED = 100;
  private static final HPAScalingPolicy DOUBLE = new HPAScalingPolicy(15, "Percent", 100);
  private static final HPAScalingPolicy FOUR = new HPAScalingPolicy(15, "Pods", 4);

  /** Rules for growing; what is not said is as the API's defaults say. */
  static ScalingRules up(HPAScalingRules rules) {
    return of(rules, Duration.ZERO, List.of(FOUR, DOUBLE));
  }

  /** Rules for shrinking. @param window where the rules name none */
  static ScalingRules down(HPAScalingRules rules, Duration window) {
    return of(rules, window, List.of(DOUBLE));
  }

  private static ScalingRules of(HPAScalingRules given, Duration window, List<HPAScalingPolicy> policies) {
    HPAScalingRules rules = given == null ? new HPAScalingRules() : given;
    List<HPAScalingPolicy> own = Objects.orEmpty(rules.getPolicies());
    return new ScalingRules(
        rules.getStabilizationWindowSeconds() == null ? window : Duration.ofSeconds(rules.getStabilizationWindowSeconds()),
        rules.getSelectPolicy() == null ? "Max" : rules.getSelectPolicy(), own.isEmpty() ? policies : own);
  }

  /** The longest time that a policy looks back. */
  Duration longestPeriod() {
    return policies.stream().map(ScalingRules::period).max(Duration::compareTo).orElse(Duration.ZERO);
  }

  /** The most replicas that there may be now. @param before replicas at the beginning of a period */
  int most(int replicas, ToIntFunction<Duration> before) {
    return limit(replicas, "Min".equals(select) ? Math::min : Math::max, policy -> {
      int start = before.applyAsInt(period(policy));
      return "Pods".equals(policy.getType()) ? start + policy.getValue() : (int) Math.ceil(start * (1 + policy.getValue() / HUNDRED));
    });
  }

  /** The fewest replicas that there may be now. */
  int fewest(int replicas, ToIntFunction<Duration> before) {
    return limit(replicas, "Min".equals(select) ? Math::max : Math::min, policy -> {
      int start = before.applyAsInt(period(policy));
      return "Pods".equals(policy.getType()) ? start - policy.getValue() : (int) (start * (1 - policy.getValue() / HUNDRED));
    });
  }

  private int limit(int replicas, IntBinaryOperator choice, ToIntFunction<HPAScalingPolicy> proposal) {
    return "Disabled".equals(select) ? replicas : policies.stream().mapToInt(proposal).reduce(choice).orElse(replicas);
  }

  private static Duration period(HPAScalingPolicy policy) {
    return Duration.ofSeconds(policy.getPeriodSeconds());
  }
}
