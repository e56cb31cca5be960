package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.ProbeReadings.Verdict;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.SyncPlan.Kill;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides about the init containers of a pod: they run one after another; a sidecar among them is through as soon as it has started,
 * and is kept running from then on. Source: KEP-753.
 */
final class InitPlanner {
  private InitPlanner() {}

  /**
   * What comes out.
   *
   * @param done whether regular containers may run
   * @param failed whether an init container failed for good, so that the pod has
   * @param start what to start, in the order of the specification
   */
  record Outcome(boolean done, boolean failed, List<Container> start, List<Kill> kills) {}

  /** How far one init container is. */
  private enum Progress {
    /** The next may run. */
    THROUGH,
    /** It runs, or is about to. */
    UNDER_WAY,
    /** It failed and will not be tried again. */
    FAILED
  }

  /** @param observed the runs inside the present sandbox */
  static Outcome plan(Pod pod, RuntimePod observed, ProbeReadings probes) {
    List<Container> containers = pod.getSpec().getInitContainers();
    List<Container> start = new ArrayList<>();
    List<Kill> kills = new ArrayList<>();
    boolean initialised = pod.getSpec().getContainers().stream().anyMatch(c -> observed.latest(c.getName()).isPresent());
    int frontier = initialised ? containers.size() : frontier(containers, observed);
    Progress progress = Progress.THROUGH;
    for (int i = 0; i <= frontier && i < containers.size(); i++) {
      Container container = containers.get(i);
      boolean current = i == frontier;
      if (Containers.isSidecar(container)) {
        Progress sidecar = planSidecar(container, observed.latest(container.getName()), probes, start, kills);
        progress = current ? sidecar : progress;
      } else if (current) {
        progress = planOnce(pod, container, observed.latest(container.getName()), start, kills);
      }
    }
    if (progress == Progress.FAILED) {
      return new Outcome(false, true, List.of(), List.of());
    }
    boolean last = frontier >= containers.size() - 1;
    if (progress == Progress.THROUGH && !last) {
      start.add(containers.get(frontier + 1));
    }
    return new Outcome(progress == Progress.THROUGH && last, false, start, kills);
  }

  /** The last init container that was ever run in this sandbox; the first when none was. */
  private static int frontier(List<Container> containers, RuntimePod observed) {
    for (int i = containers.size() - 1; i > 0; i--) {
      if (observed.latest(containers.get(i).getName()).isPresent()) {
        return i;
      }
    }
    return 0;
  }

  private static Progress planOnce(Pod pod, Container container, Optional<Instance> newest, List<Container> start, List<Kill> kills) {
    if (newest.isEmpty()) {
      start.add(container);
      return Progress.UNDER_WAY;
    }
    Instance run = newest.get();
    return switch (run.state()) {
      case RUNNING -> Progress.UNDER_WAY;
      case CREATED -> {
        start.add(container);
        yield Progress.UNDER_WAY;
      }
      case UNKNOWN -> {
        kills.add(PodPlanner.unknown(run));
        start.add(container);
        yield Progress.UNDER_WAY;
      }
      case EXITED -> {
        if (run.exitCode() == 0) {
          yield Progress.THROUGH;
        }
        // an init container that fails is tried again unless the policy is Never: Always and OnFailure mean the same here
        if (!Containers.restarts(pod, container, run.exitCode())) {
          yield Progress.FAILED;
        }
        start.add(container);
        yield Progress.UNDER_WAY;
      }
    };
  }

  private static Progress planSidecar(
      Container container, Optional<Instance> newest, ProbeReadings probes, List<Container> start, List<Kill> kills) {
    if (newest.isEmpty() || !newest.get().running()) {
      start.add(container);
      newest.filter(Containers::unknown).ifPresent(run -> kills.add(PodPlanner.unknown(run)));
      return Progress.UNDER_WAY;
    }
    Instance run = newest.get();
    Optional<Kill> kill = PodPlanner.reasonToKill("Init container", container, run, probes);
    if (kill.isPresent()) {
      kills.add(PodPlanner.restarted(kill.get()));
      start.add(container);
      return Progress.UNDER_WAY;
    }
    boolean started = container.getStartupProbe() == null || probes.startup(run.id()).equals(Optional.of(Verdict.SUCCESS));
    return started ? Progress.THROUGH : Progress.UNDER_WAY;
  }
}
