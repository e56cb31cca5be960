package io.kubrig.proxy.service;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.proxy.nftables.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * All service ports of one address family with their endpoints, as seen from one node; endpoints are in order of address and port, without
 * repetition.
 */
public record ServiceMap(Family family, SortedMap<ServicePortName, ServicePort> ports,
    SortedMap<ServicePortName, List<ProxyEndpoint>> endpoints) {
  private static final String PROXY_NAME_LABEL = "service.kubernetes.io/service-proxy-name";
  private static final String HEADLESS_LABEL = "service.kubernetes.io/headless";
  private static final String SERVICE_NAME_LABEL = "kubernetes.io/service-name";
  private static final int DEFAULT_AFFINITY_SECONDS = 10800;

  public ServiceMap {
    ports = Collections.unmodifiableSortedMap(ports);
    endpoints = Collections.unmodifiableSortedMap(endpoints);
  }

  public static ServiceMap of(Family family, String nodeName, Collection<Service> services, Collection<EndpointSlice> slices) {
    SortedMap<ServicePortName, ServicePort> ports = new TreeMap<>();
    for (Service service : services) {
      if (isOurs(service.getMetadata())) {
        portsOf(service, family).forEach(port -> ports.put(port.name(), port));
      }
    }
    SortedMap<ServicePortName, SortedMap<String, ProxyEndpoint>> found = new TreeMap<>();
    for (EndpointSlice slice : slices) {
      if (isOurs(slice.getMetadata()) && (family == Family.IPV4 ? "IPv4" : "IPv6").equals(slice.getAddressType())) {
        addEndpoints(slice, nodeName, found);
      }
    }
    SortedMap<ServicePortName, List<ProxyEndpoint>> endpoints = new TreeMap<>();
    found.forEach((name, bySocket) -> endpoints.put(name, List.copyOf(bySocket.values())));
    return new ServiceMap(family, ports, endpoints);
  }

  public List<ProxyEndpoint> endpointsOf(ServicePortName name) {
    return endpoints.getOrDefault(name, List.of());
  }

  /** Whether kube-proxy is to handle an object: not another proxy's, and not headless. */
  public static boolean isOurs(ObjectMeta metadata) {
    Map<String, String> labels = metadata.getLabels();
    return labels == null || !labels.containsKey(PROXY_NAME_LABEL) && !labels.containsKey(HEADLESS_LABEL);
  }

  private static List<ServicePort> portsOf(Service service, Family family) {
    var spec = service.getSpec();
    if (spec == null || "ExternalName".equals(spec.getType()) || spec.getPorts() == null) {
      return List.of();
    }
    List<String> clusterIps = spec.getClusterIPs() == null || spec.getClusterIPs().isEmpty()
        ? Collections.singletonList(spec.getClusterIP())
        : spec.getClusterIPs();
    Optional<InetAddress> clusterIp = Addresses.ofFamily(clusterIps, family).stream().findFirst();
    if (clusterIp.isEmpty()) {
      return List.of();
    }
    List<Cidr> ranges = spec.getLoadBalancerSourceRanges().stream().map(Cidr::parse).flatMap(Optional::stream)
        .filter(range -> range.family() == family).toList();
    List<ServicePort> ports = new ArrayList<>();
    for (var port : spec.getPorts()) {
      Protocol.parse(port.getProtocol()).ifPresent(protocol -> ports.add(new ServicePort(
          new ServicePortName(service.getMetadata().getNamespace(), service.getMetadata().getName(), text(port.getName()), protocol),
              clusterIp.get(),
          port.getPort(), orZero(port.getNodePort()), Addresses.ofFamily(spec.getExternalIPs(), family), loadBalancerIps(service, family),
              ranges,
          affinity(service), "Local".equals(spec.getInternalTrafficPolicy()), externalLocal(service),
              orZero(spec.getHealthCheckNodePort()))));
    }
    return ports;
  }

  private static boolean externalLocal(Service service) {
    return "Local".equals(service.getSpec().getExternalTrafficPolicy());
  }

  private static Duration affinity(Service service) {
    if (!"ClientIP".equals(service.getSpec().getSessionAffinity())) {
      return Duration.ZERO;
    }
    var config = service.getSpec().getSessionAffinityConfig();
    Integer seconds = config == null || config.getClientIP() == null ? null : config.getClientIP().getTimeoutSeconds();
    return Duration.ofSeconds(seconds == null ? DEFAULT_AFFINITY_SECONDS : seconds);
  }

  private static List<InetAddress> loadBalancerIps(Service service, Family family) {
    if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
      return List.of();
    }
    List<String> addresses = service.getStatus().getLoadBalancer().getIngress().stream()
        .filter(ingress -> ingress.getIp() != null && (ingress.getIpMode() == null || ingress.getIpMode().equals("VIP")))
            .map(LoadBalancerIngress::getIp).toList();
    return Addresses.ofFamily(addresses, family);
  }

  private static void addEndpoints(EndpointSlice slice, String nodeName,
      SortedMap<ServicePortName, SortedMap<String, ProxyEndpoint>> found) {
    String service = slice.getMetadata().getLabels() == null ? null : slice.getMetadata().getLabels().get(SERVICE_NAME_LABEL);
    if (service == null || slice.getPorts() == null || slice.getEndpoints() == null) {
      return;
    }
    for (EndpointPort port : slice.getPorts()) {
      Optional<Protocol> protocol = Protocol.parse(port.getProtocol());
      if (port.getPort() == null || protocol.isEmpty()) {
        continue;
      }
      ServicePortName name = new ServicePortName(slice.getMetadata().getNamespace(), service, text(port.getName()), protocol.get());
      for (Endpoint endpoint : slice.getEndpoints()) {
        endpoint.getAddresses().stream().findFirst().flatMap(Addresses::parse).ifPresent(address -> {
          ProxyEndpoint entry = endpoint(endpoint, address, port.getPort(), nodeName);
          found.computeIfAbsent(name, _ -> new TreeMap<>()).merge(entry.socket(), entry, ServiceMap::better);
        });
      }
    }
  }

  private static ProxyEndpoint endpoint(Endpoint endpoint, InetAddress address, int port, String nodeName) {
    var conditions = endpoint.getConditions();
    boolean ready = conditions == null || !Boolean.FALSE.equals(conditions.getReady());
    boolean serving = conditions == null || !Boolean.FALSE.equals(conditions.getServing());
    boolean terminating = conditions != null && Boolean.TRUE.equals(conditions.getTerminating());
    var hints = endpoint.getHints();
    Set<String> zones = hints == null || hints.getForZones() == null ? Set.of()
        : hints.getForZones().stream().map(zone -> zone.getName()).collect(Collectors.toUnmodifiableSet());
    Set<String> nodes = hints == null || hints.getForNodes() == null ? Set.of()
        : hints.getForNodes().stream().map(node -> node.getName()).collect(Collectors.toUnmodifiableSet());
    return new ProxyEndpoint(address, port, nodeName.equals(endpoint.getNodeName()), ready, serving, terminating, zones, nodes);
  }

  /** An endpoint in two slices, while it moves from one to the other, counts once and as ready when either says so. */
  private static ProxyEndpoint better(ProxyEndpoint first, ProxyEndpoint second) {
    return second.ready() || !first.ready() ? second : first;
  }

  private static String text(String value) {
    return value == null ? "" : value;
  }

  private static int orZero(Integer value) {
    return value == null ? 0 : value;
  }
}
