package io.kubrig.operators.podgc;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PodGcPlanTest {
  private static Pod pod(String name, String node, String phase, int age) {
    return new PodBuilder().withNewMetadata().withName(name).withNamespace("ns")
        .withCreationTimestamp("2026-01-01T00:00:%02dZ".formatted(59 - age)).endMetadata()
        .withNewSpec().withNodeName(node).endSpec().withNewStatus().withPhase(phase).endStatus().build();
  }

  private static Pod terminating(Pod pod) {
    pod.getMetadata().setDeletionTimestamp("2026-01-01T00:01:00Z");
    return pod;
  }

  private static Node node(String name, boolean ready, boolean outOfService) {
    var node = new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().endSpec()
        .withNewStatus().addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").endCondition().endStatus().build();
    if (outOfService) {
      node.getSpec().setTaints(new ArrayList<>(List.of(
          new io.fabric8.kubernetes.api.model.Taint("NoExecute", "node.kubernetes.io/out-of-service", null, "nodeshutdown"))));
    }
    return node;
  }

  private static PodGcPlan plan(List<Pod> pods, List<Node> nodes, Set<String> gone, int threshold) {
    return PodGcPlan.of(new PodGcPlan.Observed(pods, nodes, gone, threshold));
  }

  private static List<String> names(List<Pod> pods) {
    return pods.stream().map(pod -> pod.getMetadata().getName()).toList();
  }

  @Test
  void finished_pods_beyond_the_number_go_evicted_ones_first_then_the_oldest() {
    Pod evicted = pod("evicted", "n", "Failed", 1);
    evicted.getStatus().setReason("Evicted");
    List<Pod> pods = List.of(pod("young", "n", "Succeeded", 2), pod("old", "n", "Failed", 9), evicted, pod("running", "n", "Running", 20));
    assertThat(names(plan(pods, List.of(), Set.of(), 1).others())).containsExactly("evicted", "old");
    assertThat(plan(pods, List.of(), Set.of(), 3).others()).isEmpty();
    assertThat(plan(pods, List.of(), Set.of(), 0).others()).as("no number means all may stay").isEmpty();
  }

  @Test
  void pods_of_nodes_that_are_surely_gone_are_orphans() {
    PodGcPlan plan = plan(List.of(pod("a", "gone", "Running", 1), pod("b", "there", "Running", 1)), List.of(node("there", true, false)),
        Set.of("gone"), 10);
    assertThat(names(plan.orphaned())).containsExactly("a");
    assertThat(plan.others()).isEmpty();
  }

  @Test
  void a_terminating_pod_without_a_node_goes_at_once() {
    assertThat(names(plan(List.of(terminating(pod("a", null, "Pending", 1)), pod("b", null, "Pending", 1)), List.of(), Set.of(), 10)
        .others()))
        .containsExactly("a");
  }

  @Test
  void terminating_pods_go_from_a_node_that_is_out_of_service_and_not_ready() {
    List<Pod> pods = List.of(terminating(pod("a", "down", "Running", 1)), pod("stays", "down", "Running", 1),
        terminating(pod("b", "up", "Running", 1)));
    List<Node> nodes = List.of(node("down", false, true), node("up", true, true));
    assertThat(names(plan(pods, nodes, Set.of(), 10).others())).containsExactly("a");
  }

  @Test
  void a_pod_is_taken_once_whatever_the_reasons() {
    Pod pod = terminating(pod("a", "gone", "Failed", 1));
    PodGcPlan plan = plan(List.of(pod, pod("b", "n", "Failed", 0)), List.of(), Set.of("gone"), 1);
    assertThat(names(plan.others())).containsExactly("a");
    assertThat(plan.orphaned()).isEmpty();
  }
}
