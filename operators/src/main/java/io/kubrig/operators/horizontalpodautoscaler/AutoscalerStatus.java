package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerCondition;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerStatus;
import io.fabric8.kubernetes.api.model.autoscaling.v2.MetricStatus;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** An autoscaler's status while it is worked out: what is not set stays as it was. */
final class AutoscalerStatus {
  private final HorizontalPodAutoscalerStatus before;
  private final HorizontalPodAutoscalerStatus status;
  private final Instant now;

  AutoscalerStatus(HorizontalPodAutoscaler autoscaler, Instant now) {
    this.before = autoscaler.getStatus() == null ? new HorizontalPodAutoscalerStatus() : autoscaler.getStatus();
    this.status = Objects.copy(before);
    this.now = now;
  }

  /** Sets a condition; its time changes with its status only. */
  void set(AutoscalerPlan.Condition wanted) {
    List<HorizontalPodAutoscalerCondition> conditions = new ArrayList<>(Objects.orEmpty(status.getConditions()));
    HorizontalPodAutoscalerCondition condition =
        conditions.stream().filter(c -> wanted.type().equals(c.getType())).findFirst().orElseGet(() -> {
          HorizontalPodAutoscalerCondition fresh = new HorizontalPodAutoscalerCondition();
          fresh.setType(wanted.type());
          conditions.add(fresh);
          return fresh;
        });
    String value = wanted.status() ? "True" : "False";
    if (!value.equals(condition.getStatus())) {
      condition.setLastTransitionTime(Objects.time(now));
    }
    condition.setStatus(value);
    condition.setReason(wanted.reason());
    condition.setMessage(wanted.message());
    status.setConditions(conditions);
  }

  void metrics(List<MetricStatus> metrics) {
    status.setCurrentMetrics(metrics);
  }

  void replicas(int current, int desired) {
    status.setCurrentReplicas(current);
    status.setDesiredReplicas(desired);
  }

  /** The size that was wanted last. */
  int desired() {
    return Objects.orElse(before.getDesiredReplicas(), 0);
  }

  void scaled() {
    status.setLastScaleTime(Objects.time(now));
  }

  boolean hasChanged() {
    return !status.equals(before);
  }

  HorizontalPodAutoscalerStatus value() {
    return status;
  }
}
