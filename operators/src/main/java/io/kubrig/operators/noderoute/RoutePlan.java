package io.kubrig.operators.noderoute;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.operators.cloud.Route;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to become of the routes.
 *
 * @param remove routes that lead nowhere, to no node, or to where a node is not any more
 * @param add routes that are missing, after those; in the order of the nodes
 * @param judged the names of nodes whose condition tells of their routes
 * @param bare those of them that have no ranges, and hence no network
 */
record RoutePlan(List<Route> remove, List<Addition> add, Set<String> judged, Set<String> bare) {

  /** A route to make. @param uid the node's */
  record Addition(String uid, Route route) {}

  /**
   * What is known.
   *
   * @param ranges the cluster's, outside of which routes are somebody else's
   * @param addresses whether routes know their nodes' addresses
   */
  record Observed(List<Node> nodes, List<Route> routes, List<Cidr> ranges, boolean addresses) {}

  static RoutePlan of(Observed seen) {
    Map<String, List<Route>> existing = new HashMap<>();
    seen.routes().stream().filter(route -> !route.node().isEmpty())
        .forEach(route -> existing.computeIfAbsent(route.node(), n -> new ArrayList<>()).add(route));
    Map<String, Set<String>> kept = new HashMap<>();
    List<Addition> add = new ArrayList<>();
    Set<String> judged = new HashSet<>();
    Set<String> bare = new HashSet<>();
    for (Node node : seen.nodes()) {
      String name = node.getMetadata().getName();
      List<String> ranges = node.getSpec() == null ? List.of() : Objects.orEmpty(node.getSpec().getPodCIDRs());
      if (!ranges.isEmpty() || existing.containsKey(name)) {
        judged.add(name);
      }
      if (ranges.isEmpty()) {
        bare.add(name);
      }
      for (String range : ranges) {
        Optional<Route> route = existing.getOrDefault(name, List.of()).stream().filter(r -> r.destination().equals(range)).findFirst();
        if (route.filter(r -> !seen.addresses() || same(r.addresses(), addresses(node))).isPresent()) {
          kept.computeIfAbsent(name, n -> new HashSet<>()).add(range);
        } else {
          add.add(new Addition(node.getMetadata().getUid(), Route.to(name, addresses(node), range)));
        }
      }
    }
    List<Route> remove = seen.routes().stream().filter(route -> isOurs(route, seen.ranges()))
        .filter(route -> route.blackhole() || !kept.getOrDefault(route.node(), Set.of()).contains(route.destination())).toList();
    bare.retainAll(judged);
    return new RoutePlan(remove, List.copyOf(add), Set.copyOf(judged), Set.copyOf(bare));
  }

  /** Whether all routes to a node are there, once those that were made are. */
  boolean isReached(String node, Set<Addition> made) {
    return !bare.contains(node) && add.stream().filter(addition -> addition.route().node().equals(node)).allMatch(made::contains);
  }

  private static List<NodeAddress> addresses(Node node) {
    return node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getAddresses());
  }

  private static boolean same(List<NodeAddress> some, List<NodeAddress> others) {
    return some.size() == others.size() && others.containsAll(some);
  }

  private static boolean isOurs(Route route, List<Cidr> ranges) {
    Optional<Cidr> destination = Cidr.parse(route.destination());
    return destination.isPresent()
        && ranges.stream().anyMatch(range -> range.contains(destination.get().network()) || range.contains(destination.get().last()));
  }
}
