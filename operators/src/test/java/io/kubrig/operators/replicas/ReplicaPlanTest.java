package io.kubrig.operators.replicas;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReplicaPlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
  private static final ReplicaStatus EMPTY = new ReplicaStatus(0, 0, 0, 0, 0, 0, List.of());

  private static Pod pod(String name, String node, String phase, boolean ready, String since) {
    return new PodBuilder().withNewMetadata().withName(name).withUid(name).withCreationTimestamp(since).addToLabels("app", "a")
        .endMetadata()
        .withNewSpec().withNodeName(node).endSpec()
        .withNewStatus().withPhase(phase)
        .addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").withLastTransitionTime(since).endCondition()
        .endStatus().build();
  }

  private static ReplicaPlan.Observed observed(int replicas, Pod... pods) {
    return new ReplicaPlan.Observed(false, replicas, List.of(pods), 0, List.of(pods), NOW);
  }

  @Test
  void missing_pods_are_made() {
    assertThat(ReplicaPlan.of(observed(3, pod("a", "n", "Running", true, "2026-01-01T00:00:00Z"))))
        .isEqualTo(new ReplicaPlan(2, List.of()));
  }

  @Test
  void no_more_than_a_burst_at_once() {
    assertThat(ReplicaPlan.of(observed(5000)).create()).isEqualTo(500);
  }

  @Test
  void a_set_that_is_being_deleted_makes_nothing() {
    assertThat(ReplicaPlan.of(new ReplicaPlan.Observed(true, 3, List.of(), 0, List.of(), NOW)).create()).isZero();
  }

  @Test
  void unassigned_pods_go_first_then_pending_then_unready_then_young() {
    Pod old = pod("old", "n", "Running", true, "2026-01-01T00:00:00Z");
    Pod young = pod("young", "n", "Running", true, "2026-01-01T00:59:00Z");
    Pod unready = pod("unready", "n", "Running", false, "2026-01-01T00:00:00Z");
    Pod pending = pod("pending", "n", "Pending", false, "2026-01-01T00:00:00Z");
    Pod unassigned = pod("unassigned", null, "Pending", false, "2026-01-01T00:00:00Z");
    List<String> order = new ArrayList<>();
    for (int keep = 4; keep >= 1; keep--) {
      List<Pod> delete = ReplicaPlan.of(observed(keep, old, young, unready, pending, unassigned)).delete();
      order.add(delete.getLast().getMetadata().getName());
    }
    assertThat(order).containsExactly("unassigned", "pending", "unready", "young");
  }

  @Test
  void the_status_counts_and_names_the_failure() {
    ReplicaStatus status = ReplicaPlan.status(observed(2, pod("a", "n", "Running", true, "2026-01-01T00:00:00Z")), EMPTY,
        Map.of("app", "a"), 0, 7, Optional.of("quota"));
    assertThat(status).isEqualTo(new ReplicaStatus(1, 1, 1, 1, 0, 7,
        List.of(new ReplicaStatus.Condition("ReplicaFailure", "True", "FailedCreate", "quota", "2026-01-01T01:00:00Z"))));
  }
}
