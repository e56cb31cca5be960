package io.kubrig.proxy.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EndpointChoiceTest {
  private static final EndpointChoice.Node NODE = new EndpointChoice.Node("here", Map.of("topology.kubernetes.io/zone", "a"));

  private static ServicePort port(boolean internalLocal, boolean externalLocal, int nodePort) {
    return new ServicePort(new ServicePortName("ns", "svc", "p", Protocol.TCP), InetAddress.ofLiteral("10.96.0.1"), 80, nodePort,
        List.of(), List.of(), List.of(),
        Duration.ZERO, internalLocal, externalLocal, 0);
  }

  /** State is r(eady), t(erminating but serving) or x (neither). */
  private static ProxyEndpoint endpoint(int number, char state, boolean local, Set<String> zones, Set<String> nodes) {
    return new ProxyEndpoint(InetAddress.ofLiteral("10.0.0." + number), 80, local, state == 'r', state != 'x', state == 't', zones, nodes);
  }

  private static ProxyEndpoint endpoint(int number, char state, boolean local) {
    return endpoint(number, state, local, Set.of(), Set.of());
  }

  @Test
  void policy_cluster_takes_all_ready_endpoints() {
    ProxyEndpoint near = endpoint(1, 'r', true);
    ProxyEndpoint far = endpoint(2, 'r', false);
    EndpointChoice choice =
        EndpointChoice.of(port(false, false, 0), List.of(near, far, endpoint(3, 't', true), endpoint(4, 'x', true)), NODE);
    assertThat(choice).isEqualTo(new EndpointChoice(List.of(near, far), List.of(), List.of(near, far), true));
  }

  @Test
  void terminating_endpoints_serve_when_nothing_is_ready() {
    ProxyEndpoint leaving = endpoint(1, 't', false);
    EndpointChoice choice = EndpointChoice.of(port(false, false, 0), List.of(leaving, endpoint(2, 'x', false)), NODE);
    assertThat(choice.cluster()).containsExactly(leaving);
    assertThat(choice.any()).isTrue();
  }

  @Test
  void policy_local_falls_back_to_local_terminating_endpoints_only() {
    ProxyEndpoint leaving = endpoint(1, 't', true);
    ProxyEndpoint far = endpoint(2, 'r', false);
    EndpointChoice choice = EndpointChoice.of(port(false, true, 30000), List.of(leaving, far), NODE);
    assertThat(choice.cluster()).containsExactly(far);
    assertThat(choice.local()).containsExactly(leaving);
    assertThat(choice.reachable()).containsExactly(far, leaving);
  }

  @Test
  void internal_policy_local_knows_of_endpoints_elsewhere_but_does_not_use_them() {
    EndpointChoice choice = EndpointChoice.of(port(true, false, 0), List.of(endpoint(1, 'r', false)), NODE);
    assertThat(choice).isEqualTo(new EndpointChoice(List.of(), List.of(), List.of(), true));
  }

  @Test
  void zone_hints_are_obeyed_when_every_ready_endpoint_has_one() {
    ProxyEndpoint mine = endpoint(1, 'r', false, Set.of("a"), Set.of());
    ProxyEndpoint other = endpoint(2, 'r', false, Set.of("b"), Set.of());
    ProxyEndpoint unhinted = endpoint(3, 'r', false);
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(mine, other), NODE).cluster()).containsExactly(mine);
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(mine, other, unhinted), NODE).cluster()).hasSize(3);
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(other), NODE).cluster()).as("no endpoint is for this zone")
        .containsExactly(other);
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(mine, other), new EndpointChoice.Node("here", Map.of())).cluster())
        .as("the node has no zone").hasSize(2);
  }

  @Test
  void node_hints_come_before_zone_hints() {
    ProxyEndpoint sameNode = endpoint(1, 'r', true, Set.of("a"), Set.of("here"));
    ProxyEndpoint sameZone = endpoint(2, 'r', false, Set.of("a"), Set.of("there"));
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(sameNode, sameZone), NODE).cluster()).containsExactly(sameNode);
    assertThat(EndpointChoice.of(port(false, false, 0), List.of(sameZone, endpoint(3, 'r', false, Set.of("b"), Set.of("far"))), NODE)
        .cluster())
        .as("nobody is on this node, so the zone decides").containsExactly(sameZone);
  }
}
