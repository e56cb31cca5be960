package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import java.util.List;

/**
 * What has to be done to one pod now. A value without behaviour: {@link PodPlanner} makes it, {@link PodActor} carries it out.
 *
 * @param sandbox what becomes of the sandbox
 * @param kills containers that must go although the pod goes on
 * @param ephemeral debugging containers to start
 * @param init init containers to start, in their order; the next in line and sidecars that died
 * @param regular containers to start
 */
public record SyncPlan(SandboxStep sandbox, List<Kill> kills, List<Container> ephemeral, List<Container> init, List<Container> regular) {
  public SyncPlan {
    kills = List.copyOf(kills);
    ephemeral = List.copyOf(ephemeral);
    init = List.copyOf(init);
    regular = List.copyOf(regular);
  }

  /** What becomes of the sandbox. */
  public sealed interface SandboxStep {
    /** It is as it should be. */
    record Keep(String id) implements SandboxStep {}

    /** Everything is stopped and the sandbox made anew; {@code replaces} tells whether there was one. */
    record Create(int attempt, boolean replaces) implements SandboxStep {}

    /** Everything is stopped: nothing of the pod is to run any more. */
    record Stop() implements SandboxStep {}
  }

  /** Why a container is killed, as far as anything depends on it. */
  public enum KillReason {
    CHANGED,
    UNHEALTHY,
    STARTUP_FAILED,
    UNKNOWN_STATE
  }

  /** A container to kill. {@code message} is that of the event. */
  public record Kill(Instance instance, String message, KillReason reason) {}

  /** Nothing runs and nothing will. */
  static SyncPlan stop() {
    return new SyncPlan(new SandboxStep.Stop(), List.of(), List.of(), List.of(), List.of());
  }
}
