package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.kubrig.operators.engine.Objects;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

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

  /** What makes the NoSchedule taints as the conditions say. */
  static TaintSwap noSchedule(Node node, Instant now) {
    return noSchedule(node, Set.of(), now);
  }

  /**
   * What makes the NoSchedule taints as the conditions say.
   *
   * @param stale keys of taints that an earlier state of the node did not call for: they go, and come anew if this state calls for them
   */
  static TaintSwap noSchedule(Node node, Set<String> stale, Instant now) {
    Set<String> wanted = new LinkedHashSet<>();
    if (node.getStatus() != null) {
      for (NodeCondition condition : Objects.orEmpty(node.getStatus().getConditions())) {
        String key = KEYS.getOrDefault(String.valueOf(condition.getType()), Map.of()).get(String.valueOf(condition.getStatus()));
        if (key != null) {
          wanted.add(key);
        }
      }
    }
    if (node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
      wanted.add(UNSCHEDULABLE);
    }
    return swap(node, taint -> NO_SCHEDULE.equals(taint.getEffect()) && OURS.contains(taint.getKey())
        && (stale.contains(taint.getKey()) || !wanted.contains(taint.getKey())), wanted, NO_SCHEDULE, now);
  }

  /** What leaves the NoExecute taint that a Ready status calls for (none for True), and not the other one. */
  static TaintSwap noExecute(Node node, String ready, Instant now) {
    String wanted = KEYS.get("Ready").get(ready);
    return swap(node, taint -> NO_EXECUTE.equals(taint.getEffect()) && Set.of(NOT_READY, UNREACHABLE).contains(taint.getKey())
        && !taint.getKey().equals(wanted), wanted == null ? Set.of() : Set.of(wanted), NO_EXECUTE, now);
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
    return TaintSwap.isIn(TaintSwap.taints(node), new TaintBuilder().withKey(key).withEffect(effect).build());
  }

  private static TaintSwap swap(Node node, Predicate<Taint> leaves, Set<String> wanted, String effect, Instant now) {
    List<Taint> remove = TaintSwap.taints(node).stream().filter(leaves).toList();
    List<Taint> stay = TaintSwap.taints(node).stream().filter(leaves.negate()).toList();
    List<Taint> add = wanted.stream()
        .map(key -> new TaintBuilder().withKey(key).withEffect(effect).withTimeAdded(Objects.time(now)).build())
        .filter(taint -> !TaintSwap.isIn(stay, taint)).toList();
    return new TaintSwap(remove, add);
  }
}
