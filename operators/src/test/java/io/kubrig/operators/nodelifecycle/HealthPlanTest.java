package io.kubrig.operators.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HealthPlanTest {
  private static final Instant CREATED = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");

  private static Node node(String ready) {
    NodeBuilder node = new NodeBuilder().withNewMetadata().withName("n").withCreationTimestamp(CREATED.toString()).endMetadata()
        .withNewSpec().endSpec().withNewStatus().endStatus();
    return ready == null ? node.build() : node.editStatus().addNewCondition().withType("Ready").withStatus(ready).withReason("KubeletReady")
        .withLastHeartbeatTime("2026-01-01T00:30:00Z").endCondition().endStatus().build();
  }

  private static List<String> reasons(Optional<Node> node) {
    return node.orElseThrow().getStatus().getConditions().stream().map(NodeCondition::getReason).distinct().toList();
  }

  @Test
  void a_node_that_fell_silent_or_never_spoke_is_unknown() {
    assertThat(reasons(HealthPlan.silent(node("True"), NOW))).containsExactly("NodeStatusUnknown", "NodeStatusNeverUpdated");
    assertThat(reasons(HealthPlan.silent(node(null), NOW))).containsExactly("NodeStatusNeverUpdated");
    assertThat(HealthPlan.silent(node("Unknown"), NOW)).isEmpty();
  }

  @Test
  void a_heartbeat_is_a_sign_of_life_and_silence_is_none() {
    Optional<NodeCondition> ready = HealthPlan.condition(node("True"), "Ready");
    NodeHealth first = NodeHealth.next(null, ready, Optional.empty(), CREATED, NOW);
    assertThat(first.heard()).isEqualTo(NOW);
    assertThat(NodeHealth.next(first, ready, Optional.empty(), CREATED, NOW.plusSeconds(60)).heard()).isEqualTo(NOW);
    assertThat(NodeHealth.next(null, Optional.empty(), Optional.empty(), CREATED, NOW).heard()).isEqualTo(CREATED);
  }
}
