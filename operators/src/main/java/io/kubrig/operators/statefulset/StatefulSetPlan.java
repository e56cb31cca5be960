package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be done about one set.
 *
 * @param actions in their order
 * @param together whether the actions may be done side by side (parallel pod management)
 * @param status what the set's status is to say
 * @param recheck when a pod becomes available
 */
record StatefulSetPlan(List<Action> actions, boolean together, StatefulSetStatus status, Optional<Duration> recheck) {

  /** A revision's name and template. */
  record Version(String name, PodTemplateSpec template) {}

  /**
   * What is known of a set.
   *
   * @param claims the claims of the namespace that the set's pods may have, by name
   * @param maxUnavailable whether the feature MaxUnavailableStatefulSet is on
   * @param forced whether the set's user asked that pods of a broken revision are given up
   */
  record Observed(StatefulSet set, List<Pod> pods, Map<String, PersistentVolumeClaim> claims, Version current, Version update,
      int collisions, boolean maxUnavailable, boolean forced, Instant now) {

    Optional<PersistentVolumeClaim> claim(String name) {
      return Optional.ofNullable(claims.get(name));
    }
  }

  /** One step. */
  sealed interface Action {
    /** Makes a pod, its missing claims before. @param leaving claims that are about to go: the pod has to wait for that */
    record Create(Pod pod, List<PersistentVolumeClaim> claims, List<String> leaving) implements Action {}

    /** Makes the missing claims of a pod that waits for them. */
    record Provide(Pod pod, List<PersistentVolumeClaim> claims) implements Action {}

    /** Puts a pod's identity and the owners of its claims right. */
    record Repair(Pod pod, boolean identity, List<PersistentVolumeClaim> missing, List<PersistentVolumeClaim> claims) implements Action {}

    /** Puts the owners of a surplus pod's claims right. */
    record Own(Pod pod, List<PersistentVolumeClaim> claims) implements Action {}

    /** Deletes a pod that is not ready and is of another revision than it should be. @param wanted that revision */
    record GiveUp(Pod pod, String wanted) implements Action {}

    /** Deletes a pod. */
    record Delete(Pod pod) implements Action {}
  }
}
