package io.kubrig.apiserver.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.admission.FakeCluster;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.tree.Tree;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ClusterServicesTest {
  private static final InetSocketAddress SELF = InetSocketAddress.createUnresolved("127.0.0.1", 6443);
  private final FakeCluster cluster = new FakeCluster();

  private ClusterServices services(boolean toEndpoints) {
    ObjectReader objects =
        new ObjectReader() {
          @Override
          public Optional<Tree> get(String group, String resource, String namespace, String name) {
            return cluster.get(group, resource, namespace, name);
          }

          @Override
          public List<Tree> list(String group, String resource, String namespace) {
            return cluster.list(group, resource, namespace);
          }

          @Override
          public void follow(String group, String resource, Follower follower) {
            throw new UnsupportedOperationException("nothing is followed here");
          }
        };
    return new ClusterServices(objects, toEndpoints, () -> SELF, new SplittableRandom(1));
  }

  private void service(String spec) {
    cluster.with("", "services", "ns", "{metadata: {name: s}, spec: {" + spec + "}}");
  }

  private static String shown(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  @Test
  void services_are_reached_by_their_cluster_address() throws Exception {
    service("type: ClusterIP, clusterIP: 10.96.0.9, ports: [{port: 443}]");
    assertThat(shown(services(false).resolve("ns", "s", 443))).isEqualTo("10.96.0.9:443");
    assertThatThrownBy(() -> services(false).resolve("ns", "s", 8443)).hasMessage("no service port 8443 found for service \"s\"");
    assertThatThrownBy(() -> services(false).resolve("ns", "t", 443)).hasMessage("service \"t\" not found");
  }

  @Test
  void services_without_an_address_lead_nowhere_and_external_ones_to_their_name() throws Exception {
    service("type: ClusterIP, clusterIP: None, ports: [{port: 443}]");
    assertThatThrownBy(() -> services(false).resolve("ns", "s", 443)).hasMessage("cannot route to service with ClusterIP \"None\"");
    service("type: ExternalName, externalName: hooks.example.com");
    assertThat(shown(services(false).resolve("ns", "s", 443))).isEqualTo("hooks.example.com:443");
    assertThatThrownBy(() -> services(true).resolve("ns", "s", 443)).hasMessage("unsupported service type \"ExternalName\"");
  }

  @Test
  void this_server_is_reached_without_the_network() throws Exception {
    assertThat(services(false).resolve("default", "kubernetes", 443)).isEqualTo(SELF);
  }

  @Test
  void endpoints_are_ready_ones_of_the_first_family() throws Exception {
    service("type: ClusterIP, clusterIP: 10.96.0.9, ipFamilies: [IPv4, IPv6], ports: [{name: https, port: 443}]");
    assertThatThrownBy(() -> services(true).resolve("ns", "s", 443)).hasMessage("no endpoints available for service \"s\"");
    slice("a", "IPv6", "{addresses: ['fd00::1']}");
    assertThat(shown(services(true).resolve("ns", "s", 443))).isEqualTo("fd00::1:8443");
    slice("b", "IPv4", "{addresses: [10.1.0.1], conditions: {ready: false}}, {addresses: [10.1.0.2]}");
    assertThat(shown(services(true).resolve("ns", "s", 443))).isEqualTo("10.1.0.2:8443");
  }

  private void slice(String name, String family, String endpoints) {
    cluster.with(
        "discovery.k8s.io",
        "endpointslices",
        "ns",
        "{metadata: {name: " + name + ", labels: {kubernetes.io/service-name: s}}, addressType: " + family + ", endpoints: [" + endpoints
            + "], ports: [{name: https, port: 8443}]}");
  }

  @Test
  void paths_of_webhooks_are_cleaned() {
    assertThat(path("https://h:1/a//b/../c/")).isEqualTo("/a/c");
    assertThat(path("https://h")).isEqualTo("/");
    ClientConfig service = ClientConfig.of(Tree.of("service", Tree.of("namespace", "ns", "name", "s", "path", "x")));
    assertThat(service.path() + " " + service.origin()).isEqualTo("/x https://s.ns.svc:443");
    assertThat(ClientConfig.of(Tree.of("url", "https://[::1]/")).host()).isEqualTo("::1");
  }

  private static String path(String url) {
    return ClientConfig.of(Tree.of("url", url)).path();
  }
}
