package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountStatus;
import io.fabric8.kubernetes.api.model.VolumeMountStatusBuilder;
import io.kubrig.kubelet.container.CgroupResources;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.ProbeReadings.Verdict;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.status.StatusInput.Waiting;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns runs of containers into the statuses of the API. */
final class ContainerStatuses {
  private static final String UNKNOWN_REASON = "ContainerStatusUnknown";
  private static final int KILLED = 137;

  private final StatusInput input;
  private final boolean hasInit;

  ContainerStatuses(StatusInput input) {
    this.input = input;
    this.hasInit = !input.pod().getSpec().getInitContainers().isEmpty();
  }

  List<ContainerStatus> of(List<Container> containers, List<ContainerStatus> before, boolean init) {
    List<ContainerStatus> statuses = new ArrayList<>();
    for (Container container : containers) {
      Optional<ContainerStatus> old = before == null ? Optional.empty()
          : before.stream().filter(status -> status.getName().equals(container.getName())).findFirst();
      ContainerStatus status =
          input.observed().latest(container.getName()).map(run -> ofRun(container, run, old))
              .orElseGet(() -> ofNoRun(container, old, init));
      statuses.add(judged(container, status, init));
    }
    return statuses;
  }

  private ContainerStatus ofRun(Container container, Instance run, Optional<ContainerStatus> old) {
    ContainerStatusBuilder status =
        new ContainerStatusBuilder()
            .withName(container.getName())
            .withRestartCount(run.restartCount())
            .withImage(run.image().name())
            .withImageID(run.image().reference())
            .withContainerID("containerd://" + run.id())
            .withState(state(run))
            .withVolumeMounts(mounts(container));
    Optional<ContainerState> last = input.observed().previous(container.getName()).filter(previous -> previous.state() != State.CREATED)
        .map(ContainerStatuses::terminated);
    // the run before was collected: what was reported of it still holds
    last.or(() -> old.filter(o -> run.restartCount() > 0 && o.getLastState() != null).map(ContainerStatus::getLastState))
        .ifPresent(status::withLastState);
    if (run.running()) {
      if (!CgroupResources.requests(container).isEmpty()) {
        status.withAllocatedResources(CgroupResources.requests(container));
      }
      status.withResources(resources(container));
    }
    if (run.user() != null) {
      status.withNewUser().withNewLinux().withUid(run.user().uid()).withGid(run.user().gid())
          .withSupplementalGroups(run.user().supplementalGroups()).endLinux().endUser();
    }
    return withWaiting(container, Optional.of(run), status.build());
  }

  private static ResourceRequirements resources(Container container) {
    return new ResourceRequirementsBuilder().withLimits(CgroupResources.limits(container)).withRequests(CgroupResources.requests(container))
        .build();
  }

  private ContainerStatus ofNoRun(Container container, Optional<ContainerStatus> old, boolean init) {
    String reason = hasInit ? "PodInitializing" : "ContainerCreating";
    boolean ranBefore = old.isPresent() && old.get().getState() != null
        && (old.get().getState().getRunning() != null || old.get().getState().getTerminated() != null);
    ContainerStatusBuilder status =
        new ContainerStatusBuilder()
            .withName(container.getName())
            .withImage(container.getImage())
            .withImageID("")
            .withRestartCount(old.map(ContainerStatus::getRestartCount).orElse(0))
            .withState(new ContainerStateBuilder().withNewWaiting(null, reason).build())
            .withVolumeMounts(mounts(container));
    old.map(ContainerStatus::getLastState).ifPresent(status::withLastState);
    if (ranBefore && old.get().getState().getTerminated() != null) {
      // the runtime forgot a run that had ended: its end still counts
      return new ContainerStatusBuilder(old.get()).build();
    }
    if (ranBefore) {
      ContainerState lost =
          new ContainerStateBuilder()
              .withNewTerminated()
              .withReason(UNKNOWN_REASON)
              .withExitCode(KILLED)
              .withMessage(
                  input.finished()
                      ? "The container could not be located when the pod was terminated"
                      : "The container could not be located when the pod was deleted.  The container used to be Running")
              .endTerminated()
              .build();
      if (input.finished()) {
        status.withState(lost);
      } else {
        status.withLastState(lost).withRestartCount(old.get().getRestartCount() + 1);
      }
    } else if (input.finished() && !init) {
      status.withState(
          new ContainerStateBuilder()
              .withNewTerminated()
              .withReason(UNKNOWN_REASON)
              .withExitCode(KILLED)
              .withMessage("The container could not be located when the pod was terminated")
              .endTerminated()
              .build());
    }
    return withWaiting(container, Optional.empty(), status.build());
  }

  /** A container that is to be started and cannot be waits, with the reason; its end becomes the state before. */
  private ContainerStatus withWaiting(Container container, Optional<Instance> run, ContainerStatus status) {
    Waiting waiting = input.waiting().get(container.getName());
    boolean runs = run.filter(Instance::running).isPresent();
    if (waiting == null || runs || input.finished()) {
      return status;
    }
    ContainerStatusBuilder out = new ContainerStatusBuilder(status);
    if (status.getState() != null && status.getState().getTerminated() != null) {
      out.withLastState(status.getState());
    }
    return out.withState(new ContainerStateBuilder()
        .withNewWaiting(waiting.message().isEmpty() ? null : waiting.message(), waiting.reason()).build()).build();
  }

  /** Adds whether the container has started and is ready. */
  private ContainerStatus judged(Container container, ContainerStatus status, boolean init) {
    Optional<Instance> run = input.observed().latest(container.getName()).filter(Instance::running);
    boolean sidecar = init && Containers.isSidecar(container);
    boolean started;
    boolean ready;
    if (init && !sidecar) {
      started = false;
      ready = status.getState().getTerminated() != null && status.getState().getTerminated().getExitCode() == 0;
    } else {
      started = run.isPresent() && (container.getStartupProbe() == null || is(input.probes().startup(run.get().id())));
      ready = started && (container.getReadinessProbe() == null || is(input.probes().readiness(run.get().id())));
    }
    return new ContainerStatusBuilder(status).withStarted(started).withReady(ready).build();
  }

  private static boolean is(Optional<Verdict> verdict) {
    return verdict.equals(Optional.of(Verdict.SUCCESS));
  }

  private static ContainerState state(Instance run) {
    return switch (run.state()) {
      case RUNNING -> new ContainerStateBuilder().withNewRunning(time(run.times().started())).build();
      case CREATED -> new ContainerStateBuilder().withNewWaiting(null, "ContainerCreating").build();
      case EXITED, UNKNOWN -> terminated(run);
    };
  }

  private static ContainerState terminated(Instance run) {
    boolean unknown = run.state() == State.UNKNOWN;
    boolean never = run.times().started().equals(Instant.EPOCH);
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withContainerID("containerd://" + run.id())
        .withExitCode(unknown ? KILLED : run.exitCode())
        .withReason(unknown ? UNKNOWN_REASON : run.reason())
        .withMessage(run.message().isEmpty() ? null : run.message())
        .withStartedAt(never ? null : time(run.times().started()))
        .withFinishedAt(time(run.times().finished()))
        .endTerminated()
        .build();
  }

  private static List<VolumeMountStatus> mounts(Container container) {
    List<VolumeMountStatus> mounts = new ArrayList<>();
    for (VolumeMount mount : container.getVolumeMounts()) {
      boolean readOnly = Boolean.TRUE.equals(mount.getReadOnly());
      mounts.add(
          new VolumeMountStatusBuilder()
              .withName(mount.getName())
              .withMountPath(mount.getMountPath())
              .withReadOnly(readOnly ? true : null)
              .withRecursiveReadOnly(readOnly ? "Disabled" : null)
              .build());
    }
    return mounts;
  }

  /** Unit: whole seconds, as the API keeps times. */
  static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
