package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Why each node was turned down. Nodes without an own status share {@link #absent()}.
 *
 * <p>Statuses that come as lists stay lists until somebody asks by name: in a large cluster nobody does.
 */
public final class NodeStatuses {
  private final Map<String, Status> byNode = new HashMap<>();
  private List<NodeInfo> nodes = List.of();
  private List<Status> reasons = List.of();
  private Status absent = Status.unresolvable();

  public void put(String node, Status status) {
    explicit().put(node, status);
  }

  /** Notes the statuses of many nodes, each of which has none yet; the lists must not change any more. */
  public void putAll(List<NodeInfo> rejected, List<Status> statuses) {
    if (byNode.isEmpty() && nodes.isEmpty()) {
      nodes = rejected;
      reasons = statuses;
    } else {
      for (int i = 0; i < rejected.size(); i++) {
        put(rejected.get(i).name(), statuses.get(i));
      }
    }
  }

  /** The status of a node. */
  public Status of(String node) {
    return explicit().getOrDefault(node, absent);
  }

  /** Those of all the nodes whose status has a code, in any order. */
  public List<NodeInfo> having(Code code, List<NodeInfo> all) {
    List<NodeInfo> out = new ArrayList<>();
    if (byNode.isEmpty() && absent.code() != code) {
      for (int i = 0; i < nodes.size(); i++) {
        if (reasons.get(i).code() == code) {
          out.add(nodes.get(i));
        }
      }
      return out;
    }
    all.stream().filter(n -> of(n.name()).code() == code).forEach(out::add);
    return out;
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
    for (int i = 0; i < nodes.size(); i++) {
      byNode.put(nodes.get(i).name(), reasons.get(i));
    }
    nodes = List.of();
    reasons = List.of();
    return byNode;
  }

  /** How often each reason occurs among so many nodes, as {@code "2 reason"}, sorted as text. */
  public List<String> histogram(int numNodes) {
    Map<String, Integer> counts = new TreeMap<>();
    byNode.values().forEach(s -> count(s, 1, counts));
    Status last = null;
    int run = 0;
    for (Status s : reasons) {
      if (s != last) {
        count(last, run, counts);
        last = s;
        run = 0;
      }
      run++;
    }
    count(last, run, counts);
    int known = byNode.size() + nodes.size();
    if (known < numNodes) {
      count(absent, numNodes - known, counts);
    }
    return counts.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).sorted().toList();
  }

  private static void count(Status status, int times, Map<String, Integer> counts) {
    if (status != null) {
      status.reasons().forEach(r -> counts.merge(r, times, Integer::sum));
    }
  }
}
