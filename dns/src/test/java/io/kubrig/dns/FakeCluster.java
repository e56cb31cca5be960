package io.kubrig.dns;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.kubrig.dns.zone.ClusterView;
import io.kubrig.dns.zone.Names;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A cluster made of lists. */
final class FakeCluster implements ClusterView {
  private final List<Service> services = new ArrayList<>();
  private final List<EndpointSlice> slices = new ArrayList<>();
  private final Set<String> namespaces = new HashSet<>(Set.of("default"));

  /** A service with port 80/TCP named http. */
  FakeCluster with(String name, String... clusterIps) {
    services.add(new ServiceBuilder().withNewMetadata().withNamespace("default").withName(name).endMetadata().withNewSpec()
        .withType("ClusterIP")
        .withClusterIP(clusterIps[0]).withClusterIPs(clusterIps).addNewPort().withName("http").withProtocol("TCP").withPort(80).endPort()
            .endSpec().build());
    return this;
  }

  FakeCluster external(String name, String target) {
    services.add(new ServiceBuilder().withNewMetadata().withNamespace("default").withName(name).endMetadata().withNewSpec()
        .withType("ExternalName")
        .withExternalName(target).endSpec().build());
    return this;
  }

  FakeCluster endpoint(String service, String address, String hostname, boolean ready) {
    slices.add(new EndpointSliceBuilder().withNewMetadata().withNamespace("default").withName(service + "-" + slices.size())
        .addToLabels("kubernetes.io/service-name", service).endMetadata().withAddressType(address.contains(":") ? "IPv6" : "IPv4")
        .addNewPort().withName("http").withProtocol("TCP").withPort(8080).endPort()
        .addNewEndpoint().withAddresses(address).withHostname(hostname).withNewConditions().withReady(ready).endConditions().endEndpoint()
            .build());
    return this;
  }

  @Override
  public Optional<Service> service(String namespace, String name) {
    return services.stream()
        .filter(service -> service.getMetadata().getNamespace().equals(namespace) && service.getMetadata().getName().equals(name))
        .findFirst();
  }

  @Override
  public List<EndpointSlice> slices(String namespace, String service) {
    return slices.stream().filter(slice -> slice.getMetadata().getNamespace().equals(namespace)
        && service.equals(slice.getMetadata().getLabels().get("kubernetes.io/service-name"))).toList();
  }

  @Override
  public boolean hasNamespace(String name) {
    return namespaces.contains(name);
  }

  @Override
  public List<Service> servicesAt(String address) {
    return services.stream().filter(service -> service.getSpec().getClusterIPs().stream().filter(ip -> !ip.equals("None"))
        .anyMatch(ip -> Names.canonical(InetAddress.ofLiteral(ip)).equals(address))).toList();
  }

  @Override
  public List<EndpointSlice> slicesWith(String address) {
    return slices.stream().filter(slice -> slice.getEndpoints().stream().flatMap(endpoint -> endpoint.getAddresses().stream())
        .anyMatch(ip -> Names.canonical(InetAddress.ofLiteral(ip)).equals(address))).toList();
  }

  @Override
  public long serial() {
    return 7;
  }
}
