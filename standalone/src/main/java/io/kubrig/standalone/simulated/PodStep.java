package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Duration;

/** What to do with a pod now. */
sealed interface PodStep {

  /** Nothing until the pod changes. */
  record Rest() implements PodStep {}

  /** Look again after a while. */
  record LookAgain(Duration after) implements PodStep {}

  /** Write the status, then look again. */
  record Report(PodStatus status) implements PodStep {}

  /** Report that the containers have ended, then take the pod out of the API. */
  record Remove(PodStatus status) implements PodStep {}
}
