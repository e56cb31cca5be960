package io.kubrig.proxy;

import io.fabric8.kubernetes.api.model.Node;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.nftables.LocalTraffic;
import io.kubrig.proxy.nftables.NodePortAddresses;
import io.kubrig.proxy.nftables.NodeSettings;
import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Cidr;
import io.kubrig.proxy.service.EndpointChoice;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** This node as rules see it, from its object in the API, the options and its interfaces. */
final class NodeView {
  private final ProxyConfiguration configuration;
  private final String name;

  NodeView(ProxyConfiguration configuration, String name) {
    this.configuration = configuration;
    this.name = name;
  }

  /**
   * Settings of one family.
   *
   * @param node null while the node is not known
   * @param serviceCidrs ranges of cluster IPs, of any family
   */
  NodeSettings settings(Family family, Node node, Collection<String> serviceCidrs) {
    Map<String, String> labels = node == null || node.getMetadata().getLabels() == null ? Map.of() : node.getMetadata().getLabels();
    InetAddress nodeIp = nodeIp(family, node).orElse(null);
    List<Cidr> ranges = serviceCidrs.stream().map(Cidr::parse).flatMap(Optional::stream).filter(cidr -> cidr.family() == family).toList();
    return new NodeSettings(family, new EndpointChoice.Node(name, labels), nodeIp, configuration.masqueradeAll(),
        1 << configuration.masqueradeBit(),
        localTraffic(family, node), nodePortAddresses(family, nodeIp), ranges);
  }

  private Optional<InetAddress> nodeIp(Family family, Node node) {
    Optional<InetAddress> bound = Addresses.parse(configuration.bindAddress())
        .filter(address -> !address.isAnyLocalAddress() && Family.of(address) == family);
    if (bound.isPresent() || node == null || node.getStatus() == null) {
      return bound;
    }
    return Stream.of("InternalIP", "ExternalIP")
        .flatMap(type -> node.getStatus().getAddresses().stream().filter(address -> type.equals(address.getType())))
        .map(address -> Addresses.parse(address.getAddress())).flatMap(Optional::stream).filter(address -> Family.of(address) == family)
            .findFirst();
  }

  private LocalTraffic localTraffic(Family family, Node node) {
    return switch (configuration.detectLocalMode()) {
      case "BridgeInterface" -> new LocalTraffic.FromBridge(configuration.detectLocal("bridgeInterface"));
      case "InterfaceNamePrefix" -> new LocalTraffic.FromInterfaces(configuration.detectLocal("interfaceNamePrefix"));
      case "NodeCIDR" -> fromCidr(family, node == null || node.getSpec() == null ? List.of() : node.getSpec().getPodCIDRs());
      default -> fromCidr(family, configuration.clusterCidrs());
    };
  }

  private static LocalTraffic fromCidr(Family family, List<String> cidrs) {
    return cidrs.stream().map(Cidr::parse).flatMap(Optional::stream).filter(cidr -> cidr.family() == family).findFirst()
        .<LocalTraffic>map(LocalTraffic.FromCidr::new).orElseGet(LocalTraffic.Unknown::new);
  }

  /** Blank means the primary address, as in native nftables mode; 0.0.0.0/0 and ::/0 mean all. */
  private NodePortAddresses nodePortAddresses(Family family, InetAddress nodeIp) {
    List<String> given = configuration.nodePortAddresses();
    if (given.isEmpty() || given.equals(List.of("primary"))) {
      return new NodePortAddresses.Only(nodeIp == null ? Set.of() : Set.of(nodeIp));
    }
    List<Cidr> ranges = given.stream().map(Cidr::parse).flatMap(Optional::stream).filter(cidr -> cidr.family() == family).toList();
    if (ranges.isEmpty() || ranges.stream().anyMatch(cidr -> cidr.bits() == 0)) {
      return new NodePortAddresses.All();
    }
    Set<InetAddress> matching = new HashSet<>();
    for (InetAddress address : interfaceAddresses()) {
      if (!address.isLoopbackAddress() && ranges.stream().anyMatch(range -> range.contains(address))) {
        matching.add(address);
      }
    }
    return new NodePortAddresses.Only(matching);
  }

  private static List<InetAddress> interfaceAddresses() {
    try {
      return NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList();
    } catch (SocketException problem) {
      throw new IllegalStateException("the node's interfaces cannot be listed", problem);
    }
  }
}
