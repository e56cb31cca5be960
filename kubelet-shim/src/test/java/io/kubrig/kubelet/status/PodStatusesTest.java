package io.kubrig.kubelet.status;

import static io.kubrig.kubelet.pod.Pods.container;
import static io.kubrig.kubelet.pod.Pods.exited;
import static io.kubrig.kubelet.pod.Pods.pod;
import static io.kubrig.kubelet.pod.Pods.ready;
import static io.kubrig.kubelet.pod.Pods.run;
import static io.kubrig.kubelet.pod.Pods.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kubrig.kubelet.pod.Pods;
import io.kubrig.kubelet.pod.ProbeReadings;
import io.kubrig.kubelet.pod.RuntimePod;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.status.StatusInput.Waiting;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodStatusesTest {
  private static PodStatus status(Pod pod, RuntimePod observed, Map<String, Waiting> waiting, boolean finished) {
    return PodStatuses.of(new StatusInput(pod, observed, waiting, ProbeReadings.NONE, List.of("192.0.2.1"), finished, null, Pods.START));
  }

  private static PodStatus status(Pod pod, RuntimePod observed) {
    return status(pod, observed, Map.of(), false);
  }

  private static List<String> conditions(PodStatus status) {
    return status.getConditions().stream().map(c -> c.getType() + "=" + c.getStatus()).toList();
  }

  private static PodCondition condition(PodStatus status, String type) {
    return status.getConditions().stream().filter(c -> c.getType().equals(type)).findFirst().orElseThrow();
  }

  @Test
  void a_pod_that_the_runtime_does_not_know_yet_is_pending() {
    PodStatus status = status(pod("Always", List.of(), container("a")), Pods.nothing());
    assertThat(status.getPhase()).isEqualTo("Pending");
    assertThat(conditions(status))
        .containsExactly("PodReadyToStartContainers=False", "Initialized=True", "Ready=False", "ContainersReady=False",
        "PodScheduled=True");
    assertThat(condition(status, "Ready").getMessage()).isEqualTo("containers with unready status: [a]");
    assertThat(status.getContainerStatuses().getFirst().getState().getWaiting().getReason()).isEqualTo("ContainerCreating");
    assertThat(status.getHostIP()).isEqualTo("192.0.2.1");
    assertThat(status.getQosClass()).isEqualTo("BestEffort");
    assertThat(status.getObservedGeneration()).isEqualTo(1L);
  }

  @Test
  void containers_wait_for_the_init_containers() {
    PodStatus status = status(pod("Always", List.of(container("i")), container("a")), ready(running("i")));
    assertThat(status.getPhase()).isEqualTo("Pending");
    assertThat(status.getContainerStatuses().getFirst().getState().getWaiting().getReason()).isEqualTo("PodInitializing");
    assertThat(condition(status, "Initialized").getMessage()).isEqualTo("containers with incomplete status: [i]");
    assertThat(condition(status, "Initialized").getReason()).isEqualTo("ContainersNotInitialized");
  }

  @Test
  void a_pod_whose_containers_run_is_ready() {
    PodStatus status = status(pod("Always", List.of(), container("a")), ready(running("a")));
    assertThat(status.getPhase()).isEqualTo("Running");
    assertThat(condition(status, "Ready").getStatus()).isEqualTo("True");
    assertThat(status.getPodIP()).isEqualTo("10.0.0.1");
    assertThat(status.getContainerStatuses().getFirst().getContainerID()).isEqualTo("containerd://a-0");
  }

  @Test
  void a_container_in_back_off_waits_and_remembers_its_end() {
    Pod pod = pod("Always", List.of(), container("a"));
    PodStatus status = status(pod, ready(run("a", State.EXITED, 3, 1)), Map.of("a", new Waiting("CrashLoopBackOff", "back-off 10s")),
        false);
    ContainerStatus container = status.getContainerStatuses().getFirst();
    assertThat(container.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
    assertThat(container.getLastState().getTerminated().getExitCode()).isEqualTo(3);
    assertThat(container.getRestartCount()).isEqualTo(1);
    assertThat(status.getPhase()).isEqualTo("Running");
  }

  @Test
  void the_run_before_is_the_last_state() {
    PodStatus status = status(pod("Always", List.of(), container("a")), ready(exited("a", 7), run("a", State.RUNNING, 0, 1)));
    assertThat(status.getContainerStatuses().getFirst().getLastState().getTerminated().getExitCode()).isEqualTo(7);
  }

  @Test
  void a_pod_that_ran_to_its_end_has_succeeded_or_failed() {
    PodStatus good = status(pod("Never", List.of(), container("a")), ready(exited("a", 0)));
    assertThat(good.getPhase()).isEqualTo("Succeeded");
    assertThat(condition(good, "Ready").getReason()).isEqualTo("PodCompleted");
    assertThat(condition(good, "Initialized").getReason()).isEqualTo("PodCompleted");
    PodStatus bad = status(pod("Never", List.of(), container("a")), ready(exited("a", 1)));
    assertThat(bad.getPhase()).isEqualTo("Failed");
    assertThat(condition(bad, "Ready").getReason()).isEqualTo("PodFailed");
  }

  @Test
  void a_failed_init_container_fails_a_pod_that_never_restarts() {
    assertThat(status(pod("Never", List.of(container("i")), container("a")), ready(exited("i", 1))).getPhase()).isEqualTo("Failed");
    assertThat(status(pod("Always", List.of(container("i")), container("a")), ready(exited("i", 1))).getPhase()).isEqualTo("Pending");
  }

  @Test
  void a_container_with_a_readiness_probe_is_not_ready_until_the_probe_says_so() {
    var probed = new ContainerBuilder(container("a")).withNewReadinessProbe().withNewExec().endExec().endReadinessProbe().build();
    PodStatus status = status(pod("Always", List.of(), probed), ready(running("a")));
    assertThat(status.getContainerStatuses().getFirst().getReady()).isFalse();
    assertThat(status.getContainerStatuses().getFirst().getStarted()).isTrue();
  }

  @Test
  void a_transition_time_stays_while_the_condition_does() {
    Pod before = pod("Always", List.of(), container("a"));
    PodStatus first = status(before, ready(running("a")));
    Pod reported = new PodBuilder(before).withStatus(first).build();
    StatusInput later = new StatusInput(reported, ready(running("a")), Map.of(), ProbeReadings.NONE, List.of(), false, null,
        Pods.START.plusSeconds(60));
    assertThat(condition(PodStatuses.of(later), "Ready").getLastTransitionTime()).isEqualTo("2026-01-01T00:00:00Z");
  }

  @Test
  void conditions_of_others_are_kept_and_gates_hold_readiness_back() {
    Pod gated =
        new PodBuilder(pod("Always", List.of(), container("a"))).editSpec().addNewReadinessGate("example.com/lb").endSpec().withNewStatus()
            .addNewCondition().withType("example.com/lb").withStatus("False").endCondition().endStatus().build();
    PodStatus status = status(gated, ready(running("a")));
    assertThat(condition(status, "Ready").getReason()).isEqualTo("ReadinessGatesNotReady");
    assertThat(condition(status, "example.com/lb").getStatus()).isEqualTo("False");
  }

  @Test
  void a_run_that_was_lost_counts_as_killed() {
    Pod before = pod("Always", List.of(), container("a"));
    Pod reported = new PodBuilder(before).withStatus(status(before, ready(running("a")))).build();
    ContainerStatus lost = status(reported, Pods.nothing(), Map.of(), true).getContainerStatuses().getFirst();
    assertThat(lost.getState().getTerminated().getReason()).isEqualTo("ContainerStatusUnknown");
    assertThat(lost.getState().getTerminated().getExitCode()).isEqualTo(137);
  }
}
