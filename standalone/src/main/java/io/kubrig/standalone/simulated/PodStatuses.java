package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The statuses a kubelet would report for a pod, built upon the status it has: what others wrote into it stays. */
final class PodStatuses {
  private final Pod pod;
  private final Instant now;
  private final String hostAddress;
  private final String podAddress;

  PodStatuses(Pod pod, Instant now, String hostAddress, String podAddress) {
    this.pod = pod;
    this.now = now;
    this.hostAddress = hostAddress;
    this.podAddress = podAddress;
  }

  /** Every container runs, as often restarted as before. */
  PodStatus running(boolean ready) {
    ContainerState state = PodPlan.runningSince(startedBefore().orElse(now));
    return running(ready, restartsNow(), state, container -> before(container).getLastState());
  }

  /** Every container has ended with that code and runs again. */
  PodStatus restarted(int exitCode) {
    ContainerState state = PodPlan.runningSince(now);
    return running(true, restartsNow() + 1, state, container -> terminated(exitCode, before(container).getContainerID()));
  }

  private PodStatus running(boolean ready, int restarts, ContainerState state, Function<Container, ContainerState> last) {
    List<ContainerStatus> containers = pod.getSpec().getContainers().stream()
        .map(container -> new ContainerStatusBuilder(container(container, state, ready, true, restarts))
            .withLastState(last.apply(container)).build()).toList();
    return status("Running", containers, conditions(ready, ready ? null : "ContainersNotReady", null));
  }

  /** Every container has ended with that code. */
  PodStatus ended(int exitCode) {
    List<ContainerStatus> containers = pod.getSpec().getContainers().stream()
        .map(container -> new ContainerStatusBuilder(
            container(container, terminated(exitCode, before(container).getContainerID()), false, false, restartsNow()))
            .withLastState(before(container).getLastState()).build()).toList();
    String reason = exitCode == 0 ? "PodCompleted" : "PodFailed";
    return status(exitCode == 0 ? "Succeeded" : "Failed", containers, conditions(false, reason, exitCode == 0 ? reason : null));
  }

  /** @param id of the run that ended, null when it has never run */
  private ContainerState terminated(int exitCode, String id) {
    return new ContainerStateBuilder()
        .withNewTerminated()
        .withContainerID(id)
        .withExitCode(exitCode)
        .withReason(exitCode == 0 ? "Completed" : "Error")
        .withStartedAt(startedBefore().orElse(now).toString())
        .withFinishedAt(now.toString())
        .endTerminated()
        .build();
  }

  private ContainerStatus before(Container container) {
    return containersBefore().stream().filter(status -> status.getName().equals(container.getName())).findFirst()
        .orElseGet(ContainerStatus::new);
  }

  private PodStatus status(String phase, List<ContainerStatus> containers, List<PodCondition> conditions) {
    PodStatus before = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    return new PodStatusBuilder(before)
        .withObservedGeneration(pod.getMetadata().getGeneration())
        .withPhase(phase)
        .withConditions(conditions)
        .withHostIP(hostAddress)
        .withHostIPs(List.of(new HostIP(hostAddress)))
        .withPodIP(podAddress)
        .withPodIPs(List.of(new PodIP(podAddress)))
        .withStartTime(before.getStartTime() == null ? now.toString() : before.getStartTime())
        .withInitContainerStatuses(pod.getSpec().getInitContainers().stream().map(this::initialized).toList())
        .withContainerStatuses(containers)
        .build();
  }

  private ContainerStatus initialized(Container container) {
    ContainerState state =
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(0)
            .withReason("Completed")
            .withStartedAt(startedBefore().orElse(now).toString())
            .withFinishedAt(startedBefore().orElse(now).toString())
            .endTerminated()
            .build();
    boolean sidecar = "Always".equals(container.getRestartPolicy());
    return sidecar
        ? container(container, PodPlan.runningSince(startedBefore().orElse(now)), true, true, 0)
        : container(container, state, true, false, 0);
  }

  private ContainerStatus container(Container container, ContainerState state, boolean ready, boolean started, int restarts) {
    String id = "simulated://" + pod.getMetadata().getUid() + "/" + container.getName() + "/" + restarts;
    return new ContainerStatusBuilder()
        .withName(container.getName())
        .withImage(container.getImage())
        .withImageID(container.getImage())
        .withContainerID(id)
        .withState(state)
        .withReady(ready)
        .withStarted(started)
        .withRestartCount(restarts)
        .build();
  }

  private List<PodCondition> conditions(boolean ready, String notReadyReason, String initializedReason) {
    List<PodCondition> conditions = new ArrayList<>();
    conditions.add(condition("PodReadyToStartContainers", "True", null));
    conditions.add(condition("Initialized", "True", initializedReason));
    conditions.add(condition("Ready", ready ? "True" : "False", ready ? null : notReadyReason));
    conditions.add(condition("ContainersReady", ready ? "True" : "False", ready ? null : notReadyReason));
    before().stream().filter(condition -> conditions.stream().noneMatch(own -> own.getType().equals(condition.getType())))
        .forEach(conditions::add);
    return conditions;
  }

  private PodCondition condition(String type, String status, String reason) {
    Optional<PodCondition> same =
        before().stream().filter(condition -> condition.getType().equals(type) && condition.getStatus().equals(status)).findFirst();
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withObservedGeneration(pod.getMetadata().getGeneration())
        .withLastTransitionTime(same.map(PodCondition::getLastTransitionTime).orElse(now.toString()))
        .build();
  }

  private List<PodCondition> before() {
    return pod.getStatus() == null ? List.of() : pod.getStatus().getConditions();
  }

  private List<ContainerStatus> containersBefore() {
    return pod.getStatus() == null ? List.of() : pod.getStatus().getContainerStatuses();
  }

  private int restartsNow() {
    return containersBefore().stream().mapToInt(ContainerStatus::getRestartCount).max().orElse(0);
  }

  private Optional<Instant> startedBefore() {
    return containersBefore().stream()
        .map(ContainerStatus::getState)
        .filter(state -> state != null && state.getRunning() != null)
        .map(state -> Instant.parse(state.getRunning().getStartedAt()))
        .findFirst();
  }
}
