package io.kubrig.bench.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.bench.scheduler.Templates.Place;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CasesTest {
  private final Cases cases = new Cases();

  @Test
  void all_of_upstreams_workloads_are_there() {
    assertThat(cases.workloads()).hasSize(242).extracting(Workload::id).doesNotHaveDuplicates();
    assertThat(cases.select(List.of())).hasSize(27).allMatch(w -> w.threshold() > 0);
  }

  @Test
  void every_step_of_every_workload_has_its_parameters_and_templates() {
    for (Workload w : cases.workloads()) {
      assertThat(cases.steps(w)).as(w.id()).isNotEmpty();
      for (Step step : cases.steps(w)) {
        if (step.has("pods")) {
          assertThat(step.count("pods")).as(w.id()).isNotNegative();
          assertThat(pod(step.text("template"))).as(w.id()).containsKey("spec");
        } else if (step.has("nodes")) {
          assertThat(step.count("nodes")).as(w.id()).isNotNegative();
          assertThat(cases.templates().node(step.text("template"), new Place(0, 1), "n", w)).containsKey("status");
        } else if (step.has("objects")) {
          assertThat(step.count("objects")).as(w.id()).isNotNegative();
          assertThat(cases.templates().object(step.text("template"), new Place(0, 1), "ns", "o")).containsKey("kind");
        }
      }
    }
  }

  private Map<String, Object> pod(String template) {
    return cases.templates().pod(template, new Place(30, 60), "ns", "p");
  }

  @Test
  void places_are_filled_with_the_number_of_the_object() {
    assertThat(Trees.map(pod("gpu-of-25").get("spec")).toString()).contains("example.com/gpu-5=1");
    assertThat(Trees.map(pod("claim-shared").get("spec")).toString()).contains("test-claim-6");
    assertThat(Trees.map(pod("updated-spread").get("spec")).toString()).contains("maxSkew=60");
    assertThat(Trees.map(pod("updated-blocker").get("spec")).toString()).contains("memory=500Mi");
  }

  @Test
  void small_workloads_run_to_their_end() throws InterruptedException {
    Map<String, Integer> pods = cases.select(List.of("SchedulingBasic/5Nodes", "PreemptionBasic/5Nodes",
        "EventHandlingPodUpdate/1Node_10Pods", "SchedulingWithResourceClaimTemplate/fast")).stream()
            .collect(Collectors.toMap(Workload::benchmark, this::scheduled));
    assertThat(pods).isEqualTo(Map.of("SchedulingBasic", 10, "PreemptionBasic", 5, "EventHandlingPodUpdate", 60,
        "SchedulingWithResourceClaimTemplate", 10));
  }

  private int scheduled(Workload w) {
    Progress progress = new Progress();
    try (Stage stage = new InProcess(SchedulerConfiguration.standard(), progress)) {
      return new WorkloadRun(stage, progress, cases.templates(), w).run(cases.steps(w)).pods();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
