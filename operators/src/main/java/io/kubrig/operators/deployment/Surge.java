package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.RollingUpdateDeployment;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Fraction;

/**
 * How far a rollout may stray from the number of pods that is asked for.
 *
 * @param surge pods beyond it
 * @param unavailable pods below it
 */
public record Surge(int surge, int unavailable) {
  /** The bounds of a deployment; none unless it rolls. If both come to zero, one pod may be missing, or nothing would move. */
  public static Surge of(Deployment deployment) {
    int replicas = replicas(deployment);
    if (!isRolling(deployment)) {
      return new Surge(0, 0);
    }
    RollingUpdateDeployment rolling = deployment.getSpec().getStrategy() == null ? null
        : deployment.getSpec().getStrategy().getRollingUpdate();
    int surge = rolling == null ? 0 : Fraction.roundedUp(rolling.getMaxSurge(), replicas);
    int unavailable = rolling == null ? 0 : Fraction.roundedDown(rolling.getMaxUnavailable(), replicas);
    if (surge == 0 && unavailable == 0) {
      unavailable = 1;
    }
    return new Surge(surge, Math.min(unavailable, replicas));
  }

  /** Whether old pods are replaced step by step, as opposed to all at once. */
  public static boolean isRolling(Deployment deployment) {
    return deployment.getSpec().getStrategy() == null || !"Recreate".equals(deployment.getSpec().getStrategy().getType());
  }

  static int replicas(Deployment deployment) {
    return Objects.orElse(deployment.getSpec().getReplicas(), 1);
  }
}
