package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.ProbeReadings.Verdict;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.SyncPlan.Kill;
import io.kubrig.kubelet.pod.SyncPlan.KillReason;
import io.kubrig.kubelet.pod.SyncPlan.SandboxStep;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides what a pod needs: a pure function of its specification, of what the runtime knows, and of what the probes found.
 *
 * <p>Invariants: a sandbox comes before every container; no regular container starts before every init container is through; a plan
 * that remakes the sandbox starts at the first init container again; a container whose sandbox is gone is never counted as initialised.
 */
public final class PodPlanner {
  private PodPlanner() {}

  /** The plan for a pod that is to run. */
  public static SyncPlan plan(Pod pod, RuntimePod observed, ProbeReadings probes) {
    SandboxStep step = sandboxStep(pod, observed);
    if (step instanceof SandboxStep.Create create) {
      return planFromScratch(pod, observed, create);
    }
    String sandboxId = ((SandboxStep.Keep) step).id();
    List<Container> ephemeral = Containers.ephemeral(pod).stream().filter(c -> observed.latest(c.getName()).isEmpty()).toList();
    InitPlanner.Outcome init = InitPlanner.plan(pod, active(observed, sandboxId), probes);
    if (init.failed()) {
      return SyncPlan.stop();
    }
    List<Kill> kills = new ArrayList<>(init.kills());
    if (!init.done()) {
      return new SyncPlan(step, kills, ephemeral, init.start(), List.of());
    }
    List<Container> regular = new ArrayList<>();
    int kept = 0;
    for (Container container : pod.getSpec().getContainers()) {
      kept += planRegular(pod, container, observed.latest(container.getName()), probes, kills, regular);
    }
    if (kept == 0 && regular.isEmpty()) {
      return SyncPlan.stop();
    }
    return new SyncPlan(step, kills, ephemeral, init.start(), regular);
  }

  /** Returns 1 when a running container is fine as it is. */
  private static int planRegular(
      Pod pod, Container container, Optional<Instance> newest, ProbeReadings probes, List<Kill> kills, List<Container> start) {
    if (newest.isEmpty() || !newest.get().running()) {
      if (Containers.needsStart(pod, container, newest)) {
        start.add(container);
        newest.filter(Containers::unknown).ifPresent(run -> kills.add(unknown(run)));
      }
      return 0;
    }
    Optional<Kill> kill = reasonToKill("Container", container, newest.get(), probes);
    if (kill.isEmpty()) {
      return 1;
    }
    boolean restart = kill.get().reason() == KillReason.CHANGED || !"Never".equals(Containers.restartPolicy(pod, container));
    if (restart) {
      start.add(container);
    }
    kills.add(restart ? restarted(kill.get()) : kill.get());
    return 0;
  }

  /** Why a running container must go: its definition changed, or a probe gave it up. */
  static Optional<Kill> reasonToKill(String noun, Container container, Instance run, ProbeReadings probes) {
    String name = noun + " " + container.getName();
    if (!run.hash().equals(Containers.hash(container))) {
      return Optional.of(new Kill(run, name + " definition changed", KillReason.CHANGED));
    }
    if (probes.liveness(run.id()).equals(Optional.of(Verdict.FAILURE))) {
      return Optional.of(new Kill(run, name + " failed liveness probe", KillReason.UNHEALTHY));
    }
    if (probes.startup(run.id()).equals(Optional.of(Verdict.FAILURE))) {
      return Optional.of(new Kill(run, name + " failed startup probe", KillReason.STARTUP_FAILED));
    }
    return Optional.empty();
  }

  static Kill restarted(Kill kill) {
    return new Kill(kill.instance(), kill.message() + ", will be restarted", kill.reason());
  }

  static Kill unknown(Instance run) {
    return new Kill(run, "Container is in \"Unknown\" state, try killing it before restart", KillReason.UNKNOWN_STATE);
  }

  /** Whether the newest sandbox can be used. */
  static SandboxStep sandboxStep(Pod pod, RuntimePod observed) {
    if (observed.sandboxes().isEmpty()) {
      return new SandboxStep.Create(0, false);
    }
    Sandbox newest = observed.sandboxes().getFirst();
    long ready = observed.sandboxes().stream().filter(Sandbox::ready).count();
    boolean hostNetwork = Containers.isHostNetwork(pod);
    boolean usable = ready == 1 && newest.ready() && newest.hostNetwork() == hostNetwork && (hostNetwork || !newest.ips().isEmpty());
    return usable ? new SandboxStep.Keep(newest.id()) : new SandboxStep.Create(newest.attempt() + 1, true);
  }

  private static SyncPlan planFromScratch(Pod pod, RuntimePod observed, SandboxStep.Create create) {
    boolean ranBefore = create.attempt() != 0 && !observed.containers().isEmpty();
    boolean neverAgain = "Never".equals(Containers.podRestartPolicy(pod))
        && pod.getSpec().getContainers().stream().allMatch(c -> c.getRestartPolicy() == null && c.getRestartPolicyRules().isEmpty());
    if (ranBefore && neverAgain) {
      return SyncPlan.stop();
    }
    List<Container> regular = pod.getSpec().getContainers().stream().filter(container -> !finished(pod, container, observed)).toList();
    if (regular.isEmpty()) {
      return SyncPlan.stop();
    }
    List<Container> initContainers = pod.getSpec().getInitContainers();
    if (!initContainers.isEmpty()) {
      return new SyncPlan(create, List.of(), List.of(), List.of(initContainers.getFirst()), List.of());
    }
    return new SyncPlan(create, List.of(), List.of(), List.of(), regular);
  }

  /** Whether a container ran to its end and will not run again. */
  private static boolean finished(Pod pod, Container container, RuntimePod observed) {
    return observed
        .latest(container.getName())
        .filter(Instance::exited)
        .filter(run -> run.exitCode() == 0 && "OnFailure".equals(Containers.restartPolicy(pod, container)))
        .isPresent();
  }

  /** What is left of a pod when only the runs inside one sandbox count. */
  private static RuntimePod active(RuntimePod observed, String sandboxId) {
    List<Instance> inside = observed.containers().stream().filter(run -> run.sandboxId().equals(sandboxId)).toList();
    return new RuntimePod(observed.uid(), observed.namespace(), observed.name(), observed.sandboxes(), inside);
  }
}
