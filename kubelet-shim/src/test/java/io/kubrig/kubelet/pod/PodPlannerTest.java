package io.kubrig.kubelet.pod;

import static io.kubrig.kubelet.pod.Pods.container;
import static io.kubrig.kubelet.pod.Pods.exited;
import static io.kubrig.kubelet.pod.Pods.nothing;
import static io.kubrig.kubelet.pod.Pods.pod;
import static io.kubrig.kubelet.pod.Pods.ready;
import static io.kubrig.kubelet.pod.Pods.run;
import static io.kubrig.kubelet.pod.Pods.running;
import static io.kubrig.kubelet.pod.Pods.sidecar;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.pod.SyncPlan.Kill;
import io.kubrig.kubelet.pod.SyncPlan.SandboxStep;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PodPlannerTest {
  private static SyncPlan plan(Pod pod, RuntimePod observed) {
    return PodPlanner.plan(pod, observed, ProbeReadings.NONE);
  }

  private static List<String> names(List<Container> containers) {
    return containers.stream().map(Container::getName).toList();
  }

  @Test
  void a_new_pod_gets_a_sandbox_and_all_its_containers() {
    SyncPlan plan = plan(pod("Always", List.of(), container("a"), container("b")), nothing());
    assertThat(plan.sandbox()).isEqualTo(new SandboxStep.Create(0, false));
    assertThat(names(plan.regular())).containsExactly("a", "b");
  }

  @Test
  void only_the_first_init_container_follows_a_new_sandbox() {
    SyncPlan plan = plan(pod("Always", List.of(container("i1"), container("i2")), container("a")), nothing());
    assertThat(names(plan.init())).containsExactly("i1");
    assertThat(plan.regular()).isEmpty();
  }

  @Test
  void the_next_init_container_follows_one_that_succeeded() {
    SyncPlan plan = plan(pod("Always", List.of(container("i1"), container("i2")), container("a")), ready(exited("i1", 0)));
    assertThat(plan.sandbox()).isEqualTo(new SandboxStep.Keep("s1"));
    assertThat(names(plan.init())).containsExactly("i2");
  }

  @Test
  void a_running_init_container_holds_everything_back() {
    SyncPlan plan = plan(pod("Always", List.of(container("i1")), container("a")), ready(running("i1")));
    assertThat(plan.init()).isEmpty();
    assertThat(plan.regular()).isEmpty();
  }

  @Test
  void regular_containers_follow_the_last_init_container() {
    SyncPlan plan = plan(pod("Always", List.of(container("i1")), container("a")), ready(exited("i1", 0)));
    assertThat(names(plan.regular())).containsExactly("a");
  }

  @Test
  void a_failed_init_container_is_tried_again_unless_the_policy_is_never() {
    assertThat(names(plan(pod("OnFailure", List.of(container("i1")), container("a")), ready(exited("i1", 1))).init()))
        .containsExactly("i1");
    assertThat(plan(pod("Never", List.of(container("i1")), container("a")), ready(exited("i1", 1)))).isEqualTo(SyncPlan.stop());
  }

  @Test
  void a_sidecar_is_through_once_it_runs_and_is_restarted_when_it_dies() {
    Pod pod = pod("Always", List.of(sidecar("s"), container("i")), container("a"));
    assertThat(names(plan(pod, ready(running("s"))).init())).containsExactly("i");
    assertThat(names(plan(pod, ready(exited("s", 1), exited("i", 0), running("a"))).init())).containsExactly("s");
  }

  @Test
  void a_sidecar_with_a_startup_probe_holds_back_the_next_until_it_started() {
    Container slow = new ContainerBuilder(sidecar("s")).withNewStartupProbe().withNewExec().endExec().endStartupProbe().build();
    Pod pod = pod("Always", List.of(slow), container("a"));
    assertThat(plan(pod, ready(running("s"))).regular()).isEmpty();
    SyncPlan started = PodPlanner.plan(pod, ready(running("s")), new Readings().startup("s-0", ProbeReadings.Verdict.SUCCESS));
    assertThat(names(started.regular())).containsExactly("a");
  }

  @Test
  void an_ended_container_is_restarted_as_the_policy_says() {
    assertThat(names(plan(pod("Always", List.of(), container("a")), ready(exited("a", 0))).regular())).containsExactly("a");
    assertThat(names(plan(pod("OnFailure", List.of(), container("a")), ready(exited("a", 1))).regular())).containsExactly("a");
    assertThat(plan(pod("OnFailure", List.of(), container("a")), ready(exited("a", 0)))).isEqualTo(SyncPlan.stop());
    assertThat(plan(pod("Never", List.of(), container("a")), ready(exited("a", 1)))).isEqualTo(SyncPlan.stop());
  }

  @Test
  void a_containers_own_rule_restarts_it_although_the_pods_policy_is_never() {
    Container ruled =
        new ContainerBuilder(container("a")).addNewRestartPolicyRule().withAction("Restart").withNewExitCodes().withOperator("In")
            .withValues(42).endExitCodes().endRestartPolicyRule().build();
    assertThat(names(plan(pod("Never", List.of(), ruled), ready(exited("a", 42))).regular())).containsExactly("a");
    assertThat(plan(pod("Never", List.of(), ruled), ready(exited("a", 43)))).isEqualTo(SyncPlan.stop());
  }

  @Test
  void a_container_that_was_made_and_never_ran_is_started_again() {
    assertThat(names(plan(pod("Never", List.of(), container("a")), ready(run("a", State.CREATED, 0, 0))).regular())).containsExactly("a");
  }

  @Test
  void a_changed_image_replaces_the_container() {
    Container changed = new ContainerBuilder(container("a")).withImage("i:2").build();
    SyncPlan plan = plan(pod("Never", List.of(), changed), ready(running("a")));
    assertThat(plan.kills()).extracting(Kill::message).containsExactly("Container a definition changed, will be restarted");
    assertThat(names(plan.regular())).containsExactly("a");
  }

  @Test
  void a_container_that_failed_its_liveness_probe_is_killed_and_restarted_where_the_policy_allows() {
    Readings sick = new Readings().liveness("a-0", ProbeReadings.Verdict.FAILURE);
    SyncPlan always = PodPlanner.plan(pod("Always", List.of(), container("a")), ready(running("a")), sick);
    assertThat(always.kills()).extracting(Kill::message).containsExactly("Container a failed liveness probe, will be restarted");
    assertThat(names(always.regular())).containsExactly("a");
    SyncPlan never = PodPlanner.plan(pod("Never", List.of(), container("a"), container("b")), ready(running("a"), running("b")), sick);
    assertThat(never.kills()).extracting(Kill::message).containsExactly("Container a failed liveness probe");
    assertThat(never.regular()).isEmpty();
  }

  @Test
  void a_dead_sandbox_is_replaced_and_the_pod_begins_again() {
    Sandbox dead = new Sandbox("s1", false, Pods.START, 2, List.of(), false);
    SyncPlan plan = plan(pod("Always", List.of(container("i")), container("a")), Pods.with(dead, exited("i", 0), exited("a", 137)));
    assertThat(plan.sandbox()).isEqualTo(new SandboxStep.Create(3, true));
    assertThat(names(plan.init())).containsExactly("i");
  }

  @Test
  void a_pod_that_never_restarts_does_not_get_a_second_sandbox() {
    Sandbox dead = new Sandbox("s1", false, Pods.START, 0, List.of(), false);
    assertThat(plan(pod("Never", List.of(), container("a")), Pods.with(dead, exited("a", 137)))).isEqualTo(SyncPlan.stop());
  }

  @Test
  void a_pod_as_it_should_be_needs_nothing() {
    SyncPlan plan = plan(pod("Always", List.of(container("i"), sidecar("s")), container("a")),
        ready(exited("i", 0), running("s"), running("a")));
    assertThat(plan).isEqualTo(new SyncPlan(new SandboxStep.Keep("s1"), List.of(), List.of(), List.of(), List.of()));
  }

  /** Readings that are set by hand. */
  private static final class Readings implements ProbeReadings {
    private final Map<String, Verdict> liveness = new HashMap<>();
    private final Map<String, Verdict> startup = new HashMap<>();

    Readings liveness(String id, Verdict verdict) {
      liveness.put(id, verdict);
      return this;
    }

    Readings startup(String id, Verdict verdict) {
      startup.put(id, verdict);
      return this;
    }

    @Override
    public Optional<Verdict> liveness(String containerId) {
      return Optional.ofNullable(liveness.get(containerId));
    }

    @Override
    public Optional<Verdict> startup(String containerId) {
      return Optional.ofNullable(startup.get(containerId));
    }

    @Override
    public Optional<Verdict> readiness(String containerId) {
      return Optional.empty();
    }
  }
}
