package io.kubrig.proxy.service;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Which endpoints of a port a node sends traffic to; pure. Sources: KEP-2433 (topology aware routing), KEP-3015 (PreferSameZone and
 * PreferSameNode), KEP-1669 (terminating endpoints).
 *
 * @param cluster endpoints for traffic under policy Cluster
 * @param local endpoints for traffic under policy Local
 * @param reachable the union of both, those that need rules here
 * @param any whether some endpoint, on any node, could serve
 */
public record EndpointChoice(List<ProxyEndpoint> cluster, List<ProxyEndpoint> local, List<ProxyEndpoint> reachable, boolean any) {
  private static final String ZONE_LABEL = "topology.kubernetes.io/zone";

  /** This node's place, for hints. */
  public record Node(String name, Map<String, String> labels) {
    public Node {
      labels = Map.copyOf(labels);
    }

    String zone() {
      return labels.getOrDefault(ZONE_LABEL, "");
    }
  }

  public static EndpointChoice of(ServicePort port, List<ProxyEndpoint> endpoints, Node node) {
    List<ProxyEndpoint> cluster = List.of();
    List<ProxyEndpoint> local = List.of();
    boolean any = false;
    if (port.usesClusterEndpoints()) {
      cluster = preferred(endpoints, byHints(endpoints, node));
      any = !cluster.isEmpty();
    }
    if (port.usesLocalEndpoints()) {
      local = preferred(endpoints.stream().filter(ProxyEndpoint::local).toList(), _ -> true);
      any |= endpoints.stream().anyMatch(endpoint -> endpoint.ready() || endpoint.lastResort());
    }
    LinkedHashSet<ProxyEndpoint> reachable = new LinkedHashSet<>(cluster);
    reachable.addAll(local);
    return new EndpointChoice(cluster, local, new ArrayList<>(reachable), any);
  }

  /** The ready endpoints that fit; when there is none, those that still serve while they terminate. */
  private static List<ProxyEndpoint> preferred(List<ProxyEndpoint> endpoints, Predicate<ProxyEndpoint> fits) {
    List<ProxyEndpoint> ready = endpoints.stream().filter(ProxyEndpoint::ready).filter(fits).toList();
    return ready.isEmpty() ? endpoints.stream().filter(ProxyEndpoint::lastResort).toList() : ready;
  }

  /** Hints are obeyed only when every ready endpoint has them and one is meant for this node or its zone. */
  private static Predicate<ProxyEndpoint> byHints(List<ProxyEndpoint> endpoints, Node node) {
    List<ProxyEndpoint> ready = endpoints.stream().filter(ProxyEndpoint::ready).toList();
    Predicate<ProxyEndpoint> forNode = endpoint -> endpoint.nodeHints().contains(node.name());
    Predicate<ProxyEndpoint> forZone = endpoint -> endpoint.zoneHints().contains(node.zone());
    if (ready.stream().noneMatch(endpoint -> endpoint.nodeHints().isEmpty()) && ready.stream().anyMatch(forNode)) {
      return forNode;
    }
    if (!node.zone().isEmpty() && ready.stream().noneMatch(endpoint -> endpoint.zoneHints().isEmpty())
        && ready.stream().anyMatch(forZone)) {
      return forZone;
    }
    return _ -> true;
  }
}
