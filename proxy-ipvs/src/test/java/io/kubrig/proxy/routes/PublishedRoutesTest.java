package io.kubrig.proxy.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PublishedRoutesTest {
  private static Node node(String name, String route) {
    NodeBuilder node = new NodeBuilder().withNewMetadata().withName(name).endMetadata()
        .withNewSpec().withPodCIDRs("10.244.1.0/24", "fd00:1::/64").endSpec()
        .withNewStatus().addNewAddress("10.0.0.1", "InternalIP").addNewAddress("192.0.2.1", "ExternalIP").addNewAddress("fd00::1",
            "InternalIP").endStatus();
    return route == null ? node.build()
        : node.editMetadata().addToAnnotations("bare-metal.kubrig.io/route-ipv" + (route.contains(":") ? "6" : "4"), route).endMetadata()
            .build();
  }

  private static Cidr range(String text) {
    return Cidr.parse(text).orElseThrow();
  }

  private static Map<Cidr, InetAddress> routes(Family family, Node... nodes) {
    return PublishedRoutes.of(family, "own", List.of(nodes));
  }

  @Test
  void a_node_leads_to_its_pods() {
    Node four = node("a", "10.244.1.0/24 via 10.0.0.1");
    Node six = node("a", "fd00:1::/64 via fd00::1");
    assertThat(routes(Family.IPV4, four)).isEqualTo(Map.of(range("10.244.1.0/24"), InetAddress.ofLiteral("10.0.0.1")));
    assertThat(routes(Family.IPV6, six)).isEqualTo(Map.of(range("fd00:1::/64"), InetAddress.ofLiteral("fd00::1")));
    assertThat(routes(Family.IPV6, four)).isEmpty();
  }

  @Test
  void the_own_node_and_silent_ones_need_no_route() {
    assertThat(routes(Family.IPV4, node("own", "10.244.1.0/24 via 10.0.0.1"), node("a", null))).isEmpty();
  }

  @Test
  void a_node_cannot_draw_what_is_not_its_own() {
    for (String route : List.of("0.0.0.0/0 via 10.0.0.1", "10.244.2.0/24 via 10.0.0.1", "10.244.1.0/24 via 10.0.0.2",
        "10.244.1.0/24 via 192.0.2.1", "10.244.1.0/24", "nonsense", "10.244.1.0/24 via 10.0.0.1 via 10.0.0.1", "10.244.1.0/24 via ")) {
      assertThat(routes(Family.IPV4, node("a", route))).as(route).isEmpty();
    }
  }

  @Test
  void only_what_differs_is_changed() {
    InetAddress here = InetAddress.ofLiteral("10.0.0.1");
    InetAddress there = InetAddress.ofLiteral("10.0.0.2");
    Cidr same = range("10.1.0.0/24");
    Cidr moved = range("10.2.0.0/24");
    Cidr fresh = range("10.3.0.0/24");
    Cidr stale = range("10.4.0.0/24");
    assertThat(RouteDiff.of(Map.of(same, here, moved, there, fresh, here), Map.of(same, here, moved, here, stale, here)))
        .isEqualTo(new RouteDiff(Map.of(fresh, here), Map.of(moved, there), Set.of(stale)));
  }
}
