package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The taints that a node's conditions amount to. */
final class NodeTaints {
  static final String NOT_READY = "node.kubernetes.io/not-ready";
  static final String UNREACHABLE = "node.kubernetes.io/unreachable";
  private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
  private static final String NO_SCHEDULE = "NoSchedule";
  private static final String NO_EXECUTE = "NoExecute";

  /** Condition type and status, and the key of the taint that comes of it. */
  private static final Map<String, Map<String, String>> KEYS = Map.of(
      "Ready", Map.of("False", NOT_READY, "Unknown", UNREACHABLE),
      "MemoryPressure", Map.of("True", "node.kubernetes.io/memory-pressure"),
      "DiskPressure", Map.of("True", "node.kubernetes.io/disk-pressure"),
      "NetworkUnavailable", Map.of("True", "node.kubernetes.io/network-unavailable"),
      "PIDPressure", Map.of("True", "node.kubernetes.io/pid-pressure"));
  private static final Set<String> OURS = Set.of(NOT_READY, UNREACHABLE, UNSCHEDULABLE, "node.kubernetes.io/memory-pressure",
      "node.kubernetes.io/disk-pressure", "node.kubernetes.io/network-unavailable", "node.kubernetes.io/pid-pressure");

  private NodeTaints() {}

  /** The taints with NoSchedule ones as the conditions say; empty when they are so already. */
  static Optional<List<Taint>> noSchedule(Node node, Instant now) {
    Set<String> wanted = new LinkedHashSet<>();
    if (node.getStatus() != null) {
      for (NodeCondition condition : Objects.orEmpty(node.getStatus().getConditions())) {
        String key = KEYS.getOrDefault(condition.getType(), Map.of()).get(condition.getStatus());
        if (key != null) {
          wanted.add(key);
        }
      }
    }
    if (node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
      wanted.add(UNSCHEDULABLE);
    }
    return replaced(node, OURS, wanted, NO_SCHEDULE, now);
  }

  /** The taints with the NoExecute one that a Ready status calls for (none for True); empty when they are so already. */
  static Optional<List<Taint>> noExecute(Node node, String ready, Instant now) {
    String wanted = KEYS.get("Ready").get(ready);
    return replaced(node, Set.of(NOT_READY, UNREACHABLE), wanted == null ? Set.of() : Set.of(wanted), NO_EXECUTE, now);
  }

  /** Whether the NoExecute taint that a Ready status calls for is there. */
  static boolean isEvicting(Node node, String ready) {
    return has(node, KEYS.get("Ready").get(ready), NO_EXECUTE);
  }

  /** Whether one of the two NoExecute taints is there. */
  static boolean isEvicting(Node node) {
    return has(node, NOT_READY, NO_EXECUTE) || has(node, UNREACHABLE, NO_EXECUTE);
  }

  private static boolean has(Node node, String key, String effect) {
    return taints(node).stream().anyMatch(taint -> taint.getKey().equals(key) && effect.equals(taint.getEffect()));
  }

  private static List<Taint> taints(Node node) {
    return node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getTaints());
  }

  private static Optional<List<Taint>> replaced(Node node, Set<String> ours, Set<String> wanted, String effect, Instant now) {
    List<Taint> taints = new ArrayList<>(taints(node));
    boolean changed = taints.removeIf(taint -> effect.equals(taint.getEffect()) && ours.contains(taint.getKey())
        && !wanted.contains(taint.getKey()));
    for (String key : wanted) {
      if (!has(node, key, effect)) {
        taints.add(new TaintBuilder().withKey(key).withEffect(effect).withTimeAdded(Objects.time(now)).build());
        changed = true;
      }
    }
    return changed ? Optional.of(taints) : Optional.empty();
  }
}
