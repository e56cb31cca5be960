package io.kubrig.standalone.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.kubrig.standalone.simulated.PodScript.Behaviour;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PodPlanTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private final Pod bound =
      new PodBuilder()
          .withNewMetadata()
          .withNamespace("default")
          .withName("web")
          .withUid("u1")
          .endMetadata()
          .withNewSpec()
          .withNodeName("simulated-0")
          .withRestartPolicy("Always")
          .addNewContainer()
          .withName("c")
          .withImage("nginx")
          .endContainer()
          .endSpec()
          .withNewStatus()
          .withPhase("Pending")
          .withQosClass("BestEffort")
          .addNewCondition()
          .withType("PodScheduled")
          .withStatus("True")
          .endCondition()
          .endStatus()
          .build();

  private static PodStep step(Pod pod, Behaviour behaviour, Duration later) {
    return new PodPlan(pod, NOW.plus(later), "10.64.0.1", "10.128.0.2").next(behaviour);
  }

  private static PodStatus reported(PodStep step) {
    assertThat(step).isInstanceOf(PodStep.Report.class);
    return ((PodStep.Report) step).status();
  }

  private Pod running(Behaviour behaviour) {
    return new PodBuilder(bound).withStatus(reported(step(bound, behaviour, Duration.ZERO))).build();
  }

  private static Map<String, String> conditions(PodStatus status) {
    return status.getConditions().stream()
        .collect(Collectors.toMap(PodCondition::getType, PodCondition::getStatus));
  }

  @Test
  void a_bound_pod_runs_with_an_address_and_keeps_what_others_wrote() {
    PodStatus status = reported(step(bound, Behaviour.RUNS, Duration.ZERO));
    assertThat(status.getPhase()).isEqualTo("Running");
    assertThat(status.getPodIP()).isEqualTo("10.128.0.2");
    assertThat(status.getQosClass()).isEqualTo("BestEffort");
    assertThat(conditions(status)).containsEntry("Ready", "True").containsEntry("PodScheduled", "True").hasSize(5);
    assertThat(status.getContainerStatuses().getFirst().getState().getRunning().getStartedAt()).isEqualTo(NOW.toString());
    assertThat(step(running(Behaviour.RUNS), Behaviour.RUNS, Duration.ofHours(1))).isEqualTo(new PodStep.Rest());
  }

  @Test
  void readiness_comes_when_the_script_says() {
    Behaviour later = new Behaviour.Runs(Duration.ofSeconds(5));
    Pod running = running(later);
    assertThat(conditions(running.getStatus())).containsEntry("Ready", "False");
    assertThat(step(running, later, Duration.ofSeconds(2))).isEqualTo(new PodStep.LookAgain(Duration.ofSeconds(3)));
    PodStatus ready = reported(step(running, later, Duration.ofSeconds(5)));
    assertThat(conditions(ready)).containsEntry("Ready", "True");
    assertThat(ready.getContainerStatuses().getFirst().getState().getRunning().getStartedAt()).isEqualTo(NOW.toString());
  }

  @Test
  void a_container_that_exits_ends_the_pod_or_is_restarted_as_its_policy_says() {
    Behaviour fails = new Behaviour.Exits(Duration.ofSeconds(1), 3);
    PodStatus restarted = reported(step(running(fails), fails, Duration.ofSeconds(1)));
    assertThat(restarted.getPhase()).isEqualTo("Running");
    assertThat(restarted.getContainerStatuses().getFirst().getRestartCount()).isEqualTo(1);
    assertThat(restarted.getContainerStatuses().getFirst().getLastState().getTerminated().getExitCode()).isEqualTo(3);
    assertThat(restarted.getContainerStatuses().getFirst().getLastState().getTerminated().getContainerID()).endsWith("/0");

    Pod never = new PodBuilder(running(fails)).editSpec().withRestartPolicy("Never").endSpec().build();
    PodStatus failed = reported(step(never, fails, Duration.ofSeconds(1)));
    assertThat(failed.getPhase()).isEqualTo("Failed");
    assertThat(failed.getContainerStatuses().getFirst().getState().getTerminated().getExitCode()).isEqualTo(3);

    Behaviour succeeds = new Behaviour.Exits(Duration.ZERO, 0);
    assertThat(reported(step(never, succeeds, Duration.ZERO)).getPhase()).isEqualTo("Succeeded");
  }

  @Test
  void a_deleted_pod_ends_and_is_removed() {
    Pod deleted = new PodBuilder(running(Behaviour.RUNS)).editMetadata().withDeletionTimestamp(NOW.toString()).endMetadata().build();
    assertThat(step(deleted, Behaviour.RUNS, Duration.ofSeconds(1)))
        .asInstanceOf(type(PodStep.Remove.class))
        .satisfies(remove -> assertThat(remove.status().getPhase()).isEqualTo("Succeeded"));
  }

  @Test
  void annotations_write_the_script() {
    AnnotatedScript script = new AnnotatedScript();
    Pod exits = new PodBuilder(bound).editMetadata().addToAnnotations(AnnotatedScript.EXIT_AFTER, "2s").endMetadata().build();
    assertThat(script.of(exits)).isEqualTo(new Behaviour.Exits(Duration.ofSeconds(2), 0));
    Pod never = new PodBuilder(bound).editMetadata().addToAnnotations(AnnotatedScript.READY_AFTER, "never").endMetadata().build();
    assertThat(script.of(never)).isEqualTo(new Behaviour.NeverReady());
    assertThat(script.of(bound)).isEqualTo(Behaviour.RUNS);
  }
}
