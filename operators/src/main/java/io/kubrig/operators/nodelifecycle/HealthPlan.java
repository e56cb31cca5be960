package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The conditions of a node that has been silent for too long. */
final class HealthPlan {
  static final String READY = "Ready";
  static final String UNKNOWN = "Unknown";
  private static final List<String> TYPES = List.of(READY, "MemoryPressure", "DiskPressure", "PIDPressure");

  private HealthPlan() {}

  static Optional<NodeCondition> condition(Node node, String type) {
    return node.getStatus() == null ? Optional.empty()
        : Objects.orEmpty(node.getStatus().getConditions()).stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  /** What Ready says; Unknown for a node that never said anything. */
  static String ready(Node node) {
    return condition(node, READY).map(NodeCondition::getStatus).orElse(UNKNOWN);
  }

  /** The node as its status is to be written; empty when that is right already. */
  static Optional<Node> silent(Node node, Instant now) {
    List<NodeCondition> conditions =
        new ArrayList<>(node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getConditions()));
    boolean readyChanges = !condition(node, READY).filter(c -> UNKNOWN.equals(c.getStatus())).isPresent();
    if (!readyChanges) {
      return Optional.empty();
    }
    for (String type : TYPES) {
      Optional<NodeCondition> old = condition(node, type);
      if (old.isEmpty()) {
        conditions.add(new NodeConditionBuilder().withType(type).withStatus(UNKNOWN).withReason("NodeStatusNeverUpdated")
            .withMessage("Kubelet never posted node status.").withLastHeartbeatTime(node.getMetadata().getCreationTimestamp())
            .withLastTransitionTime(Objects.time(now)).build());
      } else if (!UNKNOWN.equals(old.get().getStatus())) {
        conditions.set(conditions.indexOf(old.get()), new NodeConditionBuilder(old.get()).withStatus(UNKNOWN)
            .withReason("NodeStatusUnknown").withMessage("Kubelet stopped posting node status.").withLastTransitionTime(Objects.time(now))
                .build());
      }
    }
    return Optional.of(new NodeBuilder(Objects.copy(node)).editOrNewStatus().withConditions(conditions).endStatus().build());
  }
}
