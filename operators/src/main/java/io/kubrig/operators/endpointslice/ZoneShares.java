package io.kubrig.operators.endpointslice;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.operators.engine.Objects;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which part of the cluster's processors each zone has: by that, endpoints are shared out. */
final class ZoneShares {
  private static final List<String> EXCLUDED = List.of("node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master");
  private static final int LEAST_ZONES = 2;

  private ZoneShares() {}

  /** The share of each zone, by name; empty when a ready node does not say its zone or its processors, or when there is one zone only. */
  static SortedMap<String, Double> of(List<Node> nodes) {
    SortedMap<String, Long> milli = new TreeMap<>();
    for (Node node : nodes) {
      if (isReady(node) && EXCLUDED.stream().noneMatch(Objects.labels(node)::containsKey)) {
        String zone = zone(node);
        long processors = milliProcessors(node);
        if (zone.isEmpty() || processors == 0) {
          return new TreeMap<>();
        }
        milli.merge(zone, processors, Long::sum);
      }
    }
    SortedMap<String, Double> shares = new TreeMap<>();
    if (milli.size() >= LEAST_ZONES) {
      double total = milli.values().stream().mapToLong(Long::longValue).sum();
      milli.forEach((zone, processors) -> shares.put(zone, processors / total));
    }
    return shares;
  }

  /** The zone that a node says it is in; empty when it does not. */
  static String zone(Node node) {
    return Objects.labels(node).getOrDefault(ServiceEndpoints.ZONE, "");
  }

  static boolean isReady(Node node) {
    List<NodeCondition> conditions = node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getConditions());
    return conditions.stream().anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
  }

  private static long milliProcessors(Node node) {
    Map<String, Quantity> allocatable = node.getStatus() == null ? null : node.getStatus().getAllocatable();
    Quantity cpu = allocatable == null ? null : allocatable.get("cpu");
    return cpu == null ? 0 : cpu.getNumericalAmount().multiply(BigDecimal.valueOf(1000)).setScale(0, RoundingMode.CEILING).longValue();
  }
}
