package io.kubrig.operators.nodelifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodeTaintsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T01:00:00Z");
  private static final String NOT_READY = "node.kubernetes.io/not-ready";
  private static final Taint OF_ADMISSION = new Taint("NoSchedule", NOT_READY, null, null);
  private static final Taint OF_OURS = new Taint("NoSchedule", NOT_READY, NOW.toString(), null);

  private static Node node(String ready, Taint... taints) {
    NodeBuilder node = new NodeBuilder().withNewMetadata().withName("n").endMetadata().withNewSpec().withTaints(taints).endSpec()
        .withNewStatus().endStatus();
    return ready == null ? node.build()
        : node.editStatus().addNewCondition().withType("Ready").withStatus(ready).endCondition().endStatus().build();
  }

  @Test
  void conditions_amount_to_taints() {
    assertThat(NodeTaints.noSchedule(node("False"), NOW)).isEqualTo(new TaintSwap(List.of(), List.of(OF_OURS)));
    assertThat(NodeTaints.noSchedule(node("True"), NOW).isNothing()).isTrue();
    assertThat(NodeTaints.noSchedule(node("False", OF_ADMISSION), NOW).isNothing()).isTrue();
    assertThat(NodeTaints.noExecute(node("Unknown"), "Unknown", NOW).add())
        .containsExactly(new Taint("NoExecute", "node.kubernetes.io/unreachable", NOW.toString(), null));
  }

  @Test
  void a_swap_is_carried_out_on_a_node_that_has_moved_on() {
    TaintSwap swap = NodeTaints.noSchedule(node(null, OF_ADMISSION), NOW);
    Taint other = new Taint("NoSchedule", "a", null, null);
    assertThat(swap.on(node("False", other, OF_ADMISSION))).contains(List.of(other));
    assertThat(swap.on(node("False", other))).isEmpty();
  }

  @Test
  void a_late_first_look_ends_as_two_quick_ones() {
    Node born = node(null, OF_ADMISSION);
    Node quick = node("False", NodeTaints.noSchedule(born, NOW).on(born).orElseThrow().toArray(Taint[]::new));
    Node late = node("False", OF_ADMISSION);
    assertThat(NodeTaints.noSchedule(late, Set.of(NOT_READY), NOW).on(late)).isEqualTo(NodeTaints.noSchedule(quick, NOW).on(quick))
        .contains(List.of(OF_OURS));
  }
}
