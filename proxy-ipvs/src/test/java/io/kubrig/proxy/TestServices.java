package io.kubrig.proxy;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/** Services and endpoint slices for tests. */
public final class TestServices {
  private TestServices() {
  }

  /** A service with one port named p80; path is namespace/name. */
  public static Service service(String path, String clusterIp, String protocol, int port, UnaryOperator<ServiceBuilder> more) {
    String[] parts = path.split("/");
    ServiceBuilder builder = new ServiceBuilder().withNewMetadata().withNamespace(parts[0]).withName(parts[1]).endMetadata()
        .withNewSpec().withType("ClusterIP").withClusterIP(clusterIp).withClusterIPs(clusterIp)
        .addNewPort().withName("p80").withProtocol(protocol).withPort(port).endPort().endSpec();
    return more.apply(builder).build();
  }

  public static Service service(String path, String clusterIp) {
    return service(path, clusterIp, "TCP", 80, builder -> builder);
  }

  public static Service nodePort(String path, String clusterIp, int nodePort) {
    return service(path, clusterIp, "TCP", 80,
        builder -> builder.editSpec().withType("NodePort").editFirstPort().withNodePort(nodePort).endPort().endSpec());
  }

  /** A slice for port p80; an endpoint is "address" or "address@node". */
  public static EndpointSlice slice(String path, String protocol, int port, String... endpoints) {
    String[] parts = path.split("/");
    boolean v6 = endpoints.length > 0 && endpoints[0].contains(":");
    return new EndpointSliceBuilder().withNewMetadata().withNamespace(parts[0]).withName(parts[1] + "-1")
        .addToLabels("kubernetes.io/service-name", parts[1])
        .endMetadata().withAddressType(v6 ? "IPv6" : "IPv4")
        .addNewPort().withName("p80").withProtocol(protocol).withPort(port).endPort()
        .addAllToEndpoints(Arrays.stream(endpoints).map(endpoint -> {
          String[] where = endpoint.split("@");
          return new EndpointBuilder().withAddresses(where[0]).withNodeName(where.length > 1 ? where[1] : null).withNewConditions()
              .withReady(true)
              .withServing(true).withTerminating(false).endConditions().build();
        }).toList()).build();
  }
}
