package io.kubrig.operators.baremetal;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.Route;
import io.kubrig.operators.cloud.Routes;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The route table of a rack, kept on the nodes themselves: an annotation per family of the node that a route leads to says
 * {@code PREFIX via ADDRESS}. A node that goes takes its routes along. Agents on the nodes make their kernels' routes of it.
 *
 * <p>Written through the node's status, as the account of the route controller may.
 */
final class PublishedRoutes implements Routes {
  private static final String IPV4 = "bare-metal.kubrig.io/route-ipv4";
  private static final String IPV6 = "bare-metal.kubrig.io/route-ipv6";
  private static final String VIA = " via ";

  private final Api api;
  private final Cached<Node> nodes;

  PublishedRoutes(Api api, Cached<Node> nodes) {
    this.api = api;
    this.nodes = nodes;
  }

  @Override
  public boolean knowsAddresses() {
    return true;
  }

  @Override
  public List<Route> list(String cluster) {
    List<Route> routes = new ArrayList<>();
    for (Node node : nodes.list()) {
      for (String annotation : List.of(IPV4, IPV6)) {
        Optional.ofNullable(Objects.annotations(node).get(annotation)).ifPresent(text -> routes.add(route(node, annotation, text)));
      }
    }
    return routes;
  }

  /** A route that still leads where its node can be reached says all of the node's addresses; another one only where it leads. */
  private static Route route(Node node, String annotation, String text) {
    int via = text.indexOf(VIA);
    String destination = via < 0 ? text : text.substring(0, via);
    String gateway = via < 0 ? "" : text.substring(via + VIA.length());
    boolean current = gateway(addresses(node), destination).filter(gateway::equals).isPresent();
    List<NodeAddress> addresses = current ? addresses(node) : List.of(new NodeAddress(gateway, "InternalIP"));
    return new Route(annotation, node.getMetadata().getName(), addresses, destination, false);
  }

  private static List<NodeAddress> addresses(Node node) {
    return node.getStatus() == null ? List.of() : Objects.orEmpty(node.getStatus().getAddresses());
  }

  private static Optional<String> gateway(List<NodeAddress> addresses, String destination) {
    return addresses.stream().filter(address -> "InternalIP".equals(address.getType())).map(NodeAddress::getAddress)
        .filter(address -> isV6(address) == isV6(destination)).findFirst();
  }

  private static boolean isV6(String address) {
    return address.contains(":");
  }

  @Override
  public void create(String cluster, String hint, Route route) {
    String gateway = gateway(route.addresses(), route.destination()).orElseThrow(() -> new CloudException(
        "node " + route.node() + " has no InternalIP of the family of " + route.destination()));
    annotate(route.node(), isV6(route.destination()) ? IPV6 : IPV4, route.destination() + VIA + gateway);
  }

  @Override
  public void delete(String cluster, Route route) {
    annotate(route.node(), route.name(), null);
  }

  private void annotate(String name, String annotation, String value) {
    Optional<Node> node = nodes.get(Key.of(name));
    Map<String, Object> annotations = new HashMap<>();
    annotations.put(annotation, value);
    node.ifPresent(found -> api.patch(found, "status", PatchType.STRATEGIC_MERGE,
        Map.of("metadata", Map.of("uid", found.getMetadata().getUid(), "annotations", annotations))));
  }
}
