package io.kubrig.proxy.conntrack;

import static io.kubrig.proxy.TestServices.service;
import static io.kubrig.proxy.TestServices.slice;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.proxy.netlink.Bytes;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.ServiceMap;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class StaleFlowsTest {
  private static final Service DNS = service("ns/dns", "10.96.0.10", "UDP", 53, builder -> builder.editSpec().withType("NodePort")
      .editFirstPort().withNodePort(30053).endPort().endSpec());
  private static final ServiceMap SERVICES = ServiceMap.of(Family.IPV4, "here", List.of(DNS, service("ns/web", "10.96.0.11")),
      List.of(slice("ns/dns", "UDP", 53, "10.0.0.1")));

  private static Flow flow(int protocol, String destination, int port, String replySource, int replyPort) {
    return new Flow(protocol, InetAddress.ofLiteral(destination), port, InetAddress.ofLiteral(replySource), replyPort, Bytes.EMPTY, 1);
  }

  @Test
  void flows_to_an_endpoint_that_went_are_stale() {
    Flow gone = flow(17, "10.96.0.10", 53, "10.0.0.9", 53);
    assertThat(StaleFlows.among(List.of(flow(17, "10.96.0.10", 53, "10.0.0.1", 53), gone), SERVICES)).containsExactly(gone);
  }

  @Test
  void flows_begun_while_there_was_no_endpoint_are_stale() {
    Flow untranslated = flow(17, "10.96.0.10", 53, "10.96.0.10", 53);
    assertThat(StaleFlows.among(List.of(untranslated), SERVICES)).containsExactly(untranslated);
  }

  @Test
  void flows_to_a_node_port_are_judged_too() {
    Flow gone = flow(17, "192.168.0.2", 30053, "10.0.0.9", 53);
    assertThat(StaleFlows.among(List.of(flow(17, "192.168.0.2", 30053, "10.0.0.1", 53), gone), SERVICES)).containsExactly(gone);
  }

  @Test
  void flows_of_other_protocols_and_to_other_places_are_left_alone() {
    assertThat(StaleFlows.among(List.of(flow(6, "10.96.0.11", 80, "10.0.0.9", 80), flow(17, "8.8.8.8", 53, "8.8.8.8", 53)), SERVICES))
        .isEmpty();
  }
}
