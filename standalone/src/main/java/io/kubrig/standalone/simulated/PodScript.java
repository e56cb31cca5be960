package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.List;

/** Says what the containers of a pod do. Asked again whenever the pod changes; must answer quickly. */
@FunctionalInterface
public interface PodScript {

  Behaviour of(Pod pod);

  /** The lines that a container writes to its log when it starts. */
  default List<String> prints(Pod pod, String container) {
    return List.of();
  }

  /** What all main containers of a pod do together. */
  sealed interface Behaviour {
    Behaviour RUNS = new Runs(Duration.ZERO);

    /** They run until the pod is deleted, and are ready after a while. */
    record Runs(Duration readyAfter) implements Behaviour {}

    /** They run but never become ready. */
    record NeverReady() implements Behaviour {}

    /** They run for a while, then exit. */
    record Exits(Duration after, int exitCode) implements Behaviour {}
  }
}
