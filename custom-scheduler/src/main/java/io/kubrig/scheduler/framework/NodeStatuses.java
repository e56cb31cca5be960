package io.kubrig.scheduler.framework;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Why each node was turned down. Nodes without an own status share {@link #absent()}. */
public final class NodeStatuses {
  private final Map<String, Status> byNode = new HashMap<>();
  private Status absent = Status.unresolvable();

  public void put(String node, Status status) {
    byNode.put(node, status);
  }

  /** The status of a node. */
  public Status of(String node) {
    return byNode.getOrDefault(node, absent);
  }

  /** The status of all nodes that have none of their own. */
  public Status absent() {
    return absent;
  }

  public void setAbsent(Status status) {
    absent = status;
  }

  /** Node by node. */
  public Map<String, Status> explicit() {
    return byNode;
  }

  /** How often each reason occurs among so many nodes, as {@code "2 reason"}, sorted as text. */
  public List<String> histogram(int numNodes) {
    Map<String, Integer> counts = new TreeMap<>();
    byNode.values().forEach(s -> s.reasons().forEach(r -> counts.merge(r, 1, Integer::sum)));
    if (byNode.size() < numNodes) {
      absent.reasons().forEach(r -> counts.merge(r, numNodes - byNode.size(), Integer::sum));
    }
    return counts.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).sorted().toList();
  }
}
