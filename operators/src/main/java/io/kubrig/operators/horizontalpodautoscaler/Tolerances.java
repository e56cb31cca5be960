package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HPAScalingRules;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscalerBehavior;

/** How far usage may be from its target before anything is done (KEP-4951). @param down below it @param up above it */
record Tolerances(double down, double up) {

  /** An autoscaler's own, else the cluster's. */
  static Tolerances of(HorizontalPodAutoscaler autoscaler, double byDefault) {
    HorizontalPodAutoscalerBehavior behavior = autoscaler.getSpec().getBehavior();
    return behavior == null ? new Tolerances(byDefault, byDefault)
        : new Tolerances(of(behavior.getScaleDown(), byDefault), of(behavior.getScaleUp(), byDefault));
  }

  private static double of(HPAScalingRules rules, double byDefault) {
    Quantity own = rules == null ? null : rules.getTolerance();
    return own == null ? byDefault : io.kubrig.machinery.quantity.Quantity.parse(own.toString()).doubleValue();
  }

  /** Whether a ratio of usage to target is as good as one. */
  boolean bear(double ratio) {
    return 1.0 - down <= ratio && ratio <= 1.0 + up;
  }
}
