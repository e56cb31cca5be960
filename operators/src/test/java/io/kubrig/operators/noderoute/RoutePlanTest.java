package io.kubrig.operators.noderoute;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kubrig.machinery.network.Cidr;
import io.kubrig.operators.cloud.Route;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutePlanTest {
  private static final List<Cidr> RANGES = List.of(Cidr.parse("10.244.0.0/16").orElseThrow());
  private static final NodeAddress HERE = new NodeAddress("10.0.0.1", "InternalIP");
  private static final NodeAddress THERE = new NodeAddress("10.0.0.2", "InternalIP");

  private static Node node(String name, String... ranges) {
    return new NodeBuilder().withNewMetadata().withName(name).withUid("uid-" + name).endMetadata()
        .withNewSpec().withPodCIDRs(ranges).endSpec()
        .withNewStatus().withAddresses(HERE).endStatus().build();
  }

  private static Route route(String node, NodeAddress address, String destination) {
    return new Route("r", node, List.of(address), destination, false);
  }

  private static RoutePlan plan(List<Node> nodes, boolean addresses, Route... routes) {
    return RoutePlan.of(new RoutePlan.Observed(nodes, List.of(routes), RANGES, addresses));
  }

  private static RoutePlan.Addition addition(String node, String destination) {
    return new RoutePlan.Addition("uid-" + node, Route.to(node, List.of(HERE), destination));
  }

  @Test
  void every_range_of_a_node_gets_a_route() {
    RoutePlan plan = plan(List.of(node("a", "10.244.1.0/24", "fd00::/64"), node("b")), true, route("a", HERE, "10.244.1.0/24"));
    RoutePlan.Addition missing = addition("a", "fd00::/64");
    assertThat(plan).isEqualTo(new RoutePlan(List.of(), List.of(missing), Set.of("a"), Set.of()));
    assertThat(plan.isReached("a", Set.of())).isFalse();
    assertThat(plan.isReached("a", Set.of(missing))).isTrue();
  }

  @Test
  void routes_to_nobody_go_and_those_of_others_stay() {
    Route stale = route("gone", HERE, "10.244.9.0/24");
    Route moved = route("a", HERE, "10.244.8.0/24");
    Route hole = new Route("hole", "", List.of(), "10.244.7.0/24", true);
    Route foreign = route("gone", HERE, "172.16.0.0/24");
    Route odd = route("gone", HERE, "nowhere");
    RoutePlan plan = plan(List.of(node("a", "10.244.1.0/24")), false, stale, moved, hole, foreign, odd, route("a", HERE, "10.244.1.0/24"));
    assertThat(plan.remove()).containsExactly(stale, moved, hole);
    assertThat(plan.add()).isEmpty();
    assertThat(plan.isReached("a", Set.of())).isTrue();
  }

  @Test
  void a_route_is_made_anew_when_its_node_has_moved_and_routes_can_tell() {
    Route old = route("a", THERE, "10.244.1.0/24");
    assertThat(plan(List.of(node("a", "10.244.1.0/24")), true, old))
        .isEqualTo(new RoutePlan(List.of(old), List.of(addition("a", "10.244.1.0/24")), Set.of("a"), Set.of()));
    assertThat(plan(List.of(node("a", "10.244.1.0/24")), false, old).remove()).isEmpty();
  }

  @Test
  void a_node_without_ranges_is_judged_only_when_routes_lead_to_it() {
    Route stale = route("a", HERE, "10.244.1.0/24");
    RoutePlan plan = plan(List.of(node("a"), node("b")), true, stale);
    assertThat(plan).isEqualTo(new RoutePlan(List.of(stale), List.of(), Set.of("a"), Set.of("a")));
    assertThat(plan.isReached("a", Set.of())).isFalse();
  }
}
