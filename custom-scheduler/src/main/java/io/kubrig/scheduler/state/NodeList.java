package io.kubrig.scheduler.state;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes in the order they are looked at: one of each zone in turn, so that looking at the first few spreads over zones. */
final class NodeList {
  private NodeList() {}

  static List<NodeInfo> interleaved(Collection<NodeInfo> nodes) {
    Map<String, List<NodeInfo>> zones = new LinkedHashMap<>();
    for (NodeInfo n : nodes) {
      if (n.node() != null) {
        zones.computeIfAbsent(zone(n), z -> new ArrayList<>()).add(n);
      }
    }
    List<NodeInfo> out = new ArrayList<>(nodes.size());
    for (int i = 0; !zones.isEmpty(); i++) {
      int at = i;
      zones.values().removeIf(z -> z.size() <= at);
      zones.values().forEach(z -> out.add(z.get(at)));
    }
    return List.copyOf(out);
  }

  private static String zone(NodeInfo n) {
    String region = n.node().labels().find("topology.kubernetes.io/region").orElse("");
    return region + ":" + n.node().labels().find("topology.kubernetes.io/zone").orElse("");
  }
}
