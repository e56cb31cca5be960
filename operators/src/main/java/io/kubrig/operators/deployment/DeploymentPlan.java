package io.kubrig.operators.deployment;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.kubrig.operators.events.EventRecorder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done about one deployment.
 *
 * @param actions in their order; the first that fails ends the work
 * @param deployment as it is to be: its status and its revision annotation
 * @param recheck when to look again though nothing happens; empty for not
 */
record DeploymentPlan(List<Action> actions, Deployment deployment, Optional<Duration> recheck) {
  /** What is known of a deployment. @param oldPodsRun whether pods of other templates run still */
  record Observed(Deployment deployment, List<ReplicaSet> sets, boolean oldPodsRun, Instant now) {}

  /** One write. */
  sealed interface Action {
    /** Makes the set of the current template. */
    record Create(ReplicaSet set) implements Action {}

    /** Changes a set's size, annotations or minReadySeconds. @param event told when it is done */
    record Update(ReplicaSet set, Optional<Event> event) implements Action {}

    /** Forgets a set of long ago. */
    record Delete(ReplicaSet set) implements Action {}

    /** Replaces the deployment itself: the end of a rollback. */
    record Replace(Deployment deployment) implements Action {}

    /** Only tells something. */
    record Tell(Event event) implements Action {}
  }

  /** An event about the deployment. */
  record Event(String type, String reason, String message) {
    static Event scaled(ReplicaSet set, int from, int to) {
      return new Event(EventRecorder.NORMAL, "ScalingReplicaSet",
          "Scaled " + (from < to ? "up" : "down") + " replica set " + set.getMetadata().getName() + " from " + from + " to " + to);
    }
  }
}
