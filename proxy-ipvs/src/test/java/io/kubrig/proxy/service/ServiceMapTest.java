package io.kubrig.proxy.service;

import static io.kubrig.proxy.TestServices.service;
import static io.kubrig.proxy.TestServices.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubrig.proxy.nftables.Family;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceMapTest {
  private static ServiceMap of(Family family, Service... services) {
    return ServiceMap.of(family, "here", List.of(services), List.of());
  }

  @Test
  void headless_and_external_name_services_and_those_of_other_proxies_are_ignored() {
    Service external = service("ns/a", "10.96.0.1", "TCP", 80, builder -> builder.editSpec().withType("ExternalName").endSpec());
    Service otherProxy = service("ns/b", "10.96.0.2", "TCP", 80,
        builder -> builder.editMetadata().addToLabels("service.kubernetes.io/service-proxy-name", "x").endMetadata());
    Service labelled = service("ns/c", "10.96.0.3", "TCP", 80,
        builder -> builder.editMetadata().addToLabels("service.kubernetes.io/headless", "").endMetadata());
    assertThat(of(Family.IPV4, external, otherProxy, labelled, service("ns/d", "None")).ports()).isEmpty();
  }

  @Test
  void a_dual_stack_service_appears_in_both_families_with_its_own_addresses() {
    Service dual = service("ns/web", "10.96.0.1", "TCP", 80, builder -> builder.editSpec().withClusterIPs("10.96.0.1", "fd00::1")
        .withExternalIPs("192.0.2.1", "2001:db8::1").withLoadBalancerSourceRanges(" 203.0.113.0/24", "2001:db8::/32", "nonsense")
            .endSpec());
    ServicePort four = of(Family.IPV4, dual).ports().firstEntry().getValue();
    ServicePort six = of(Family.IPV6, dual).ports().firstEntry().getValue();
    assertThat(four.clusterIp()).isEqualTo(InetAddress.ofLiteral("10.96.0.1"));
    assertThat(six.clusterIp()).isEqualTo(InetAddress.ofLiteral("fd00::1"));
    assertThat(four.externalIps()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
    assertThat(six.externalIps()).containsExactly(InetAddress.ofLiteral("2001:db8::1"));
    assertThat(four.sourceRanges()).containsExactly(Cidr.parse("203.0.113.0/24").orElseThrow());
    assertThat(six.sourceRanges()).containsExactly(Cidr.parse("2001:db8::/32").orElseThrow());
  }

  @Test
  void load_balancer_addresses_in_proxy_mode_are_left_to_the_load_balancer() {
    Service balanced = service("ns/web", "10.96.0.1", "TCP", 80, builder -> withIngress(builder));
    assertThat(of(Family.IPV4, balanced).ports().firstEntry().getValue().loadBalancerIps())
        .containsExactly(InetAddress.ofLiteral("5.6.7.8"));
  }

  private static ServiceBuilder withIngress(ServiceBuilder builder) {
    return builder.withNewStatus().withNewLoadBalancer().addNewIngress().withIp("5.6.7.8").withIpMode("VIP").endIngress()
        .addNewIngress().withIp("5.6.7.9").withIpMode("Proxy").endIngress().endLoadBalancer().endStatus();
  }

  @Test
  void affinity_lasts_three_hours_unless_the_service_says_otherwise() {
    Service plain = service("ns/web", "10.96.0.1", "TCP", 80, builder -> builder.editSpec().withSessionAffinity("ClientIP").endSpec());
    assertThat(of(Family.IPV4, plain).ports().firstEntry().getValue().affinity()).isEqualTo(Duration.ofHours(3));
  }

  @Test
  void endpoints_of_several_slices_are_one_ordered_list_without_repetition() {
    ServiceMap services = ServiceMap.of(Family.IPV4, "here", List.of(service("ns/web", "10.96.0.1")),
        List.of(slice("ns/web", "TCP", 80, "10.0.0.2@here", "10.0.0.1"), slice("ns/web", "TCP", 80, "10.0.0.2@here"),
            slice("ns/web", "TCP", 80, "fd00::5")));
    assertThat(services.endpoints()).hasSize(1);
    assertThat(services.endpoints().firstEntry().getValue()).extracting(ProxyEndpoint::socket)
        .containsExactly("10.0.0.1:80", "10.0.0.2:80");
    assertThat(services.endpoints().firstEntry().getValue()).extracting(ProxyEndpoint::local).containsExactly(false, true);
  }

  @Test
  void addresses_are_spelled_as_short_as_possible() {
    assertThat(Addresses.text(InetAddress.ofLiteral("fd00:10:180:0:0:0:0:1"))).isEqualTo("fd00:10:180::1");
    assertThat(Addresses.text(InetAddress.ofLiteral("::"))).isEqualTo("::");
    assertThat(Addresses.text(InetAddress.ofLiteral("1:0:0:2:0:0:0:3"))).isEqualTo("1:0:0:2::3");
    assertThat(Addresses.text(InetAddress.ofLiteral("1:0:2:3:4:5:6:7"))).isEqualTo("1:0:2:3:4:5:6:7");
    assertThat(Addresses.withPort(InetAddress.ofLiteral("::1"), 80)).isEqualTo("[::1]:80");
  }

  @Test
  void networks_know_what_they_contain_and_where_they_end() {
    assertThat(Cidr.parse("10.8.0.0/13").orElseThrow().end().orElseThrow()).hasToString("0a100000");
    assertThat(Cidr.parse("255.0.0.0/8").orElseThrow().end()).isEmpty();
    assertThat(Cidr.parse("0.0.0.0/0").orElseThrow().contains(InetAddress.ofLiteral("1.2.3.4"))).isTrue();
    assertThat(Cidr.parse("10.0.0.0/33")).isEmpty();
    assertThat(Cidr.parse("10.0.0.0")).isEmpty();
  }
}
