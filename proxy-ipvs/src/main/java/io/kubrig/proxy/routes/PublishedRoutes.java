package io.kubrig.proxy.routes;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import java.net.InetAddress;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that nodes carry in their annotations. A kubelet may write the annotations of its own node, so nothing is believed that the
 * node's {@code spec.podCIDRs}, which a kubelet cannot change, does not say as well: no node can draw the traffic of others to itself.
 */
final class PublishedRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(PublishedRoutes.class);
  private static final Map<Family, String> ANNOTATIONS =
      Map.of(Family.IPV4, "bare-metal.kubrig.io/route-ipv4", Family.IPV6, "bare-metal.kubrig.io/route-ipv6");
  private static final String VIA = " via ";

  private PublishedRoutes() {}

  /** The routes to the pods of all nodes but one's own: the range of the pods, and the neighbour that has them. */
  static Map<Cidr, InetAddress> of(Family family, String own, Collection<Node> nodes) {
    Map<Cidr, InetAddress> routes = new LinkedHashMap<>();
    nodes.stream().filter(node -> !own.equals(node.getMetadata().getName()))
        .sorted(Comparator.comparing(node -> node.getMetadata().getName()))
        .forEach(node -> route(family, node).ifPresent(route -> routes.putIfAbsent(route.getKey(), route.getValue())));
    return routes;
  }

  private static Optional<Map.Entry<Cidr, InetAddress>> route(Family family, Node node) {
    Map<String, String> annotations = node.getMetadata().getAnnotations();
    String text = annotations == null ? null : annotations.get(ANNOTATIONS.get(family));
    if (text == null) {
      return Optional.empty();
    }
    String[] parts = text.split(VIA, -1);
    Optional<Cidr> range = parts.length == 2 ? Cidr.parse(parts[0]).filter(cidr -> cidr.family() == family) : Optional.empty();
    Optional<InetAddress> gateway = parts.length == 2 ? Addresses.parse(parts[1]) : Optional.empty();
    if (range.isEmpty() || gateway.isEmpty() || !has(node, range.get()) || !isAt(node, gateway.get())) {
      LOG.warn("The route \"{}\" of node {} is not taken: it is not one to the node's own pods at its own address", text,
          node.getMetadata().getName());
      return Optional.empty();
    }
    return Optional.of(Map.entry(range.get(), gateway.get()));
  }

  private static boolean has(Node node, Cidr range) {
    List<String> ranges = node.getSpec() == null || node.getSpec().getPodCIDRs() == null ? List.of() : node.getSpec().getPodCIDRs();
    return ranges.stream().map(Cidr::parse).flatMap(Optional::stream).anyMatch(range::equals);
  }

  private static boolean isAt(Node node, InetAddress gateway) {
    List<NodeAddress> addresses =
        node.getStatus() == null || node.getStatus().getAddresses() == null ? List.of() : node.getStatus().getAddresses();
    return addresses.stream().filter(address -> "InternalIP".equals(address.getType()))
        .anyMatch(address -> Addresses.parse(address.getAddress()).filter(gateway::equals).isPresent());
  }
}
