package io.kubrig.operators.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EndpointsPlanTest {
  private static final Service WEB = new ServiceBuilder().withNewMetadata().withNamespace("ns").withName("web").endMetadata()
      .withNewSpec().addNewPort().withName("x").withPort(80).withTargetPort(new IntOrString("http")).endPort()
      .addNewPort().withName("y").withPort(81).withTargetPort(new IntOrString(81)).endPort().endSpec().build();

  private static Pod pod(String name, String ip, int port, boolean ready) {
    return new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).withUid(name).endMetadata()
        .withNewSpec().addNewContainer().addNewPort().withName("http").withContainerPort(port).endPort().endContainer().endSpec()
        .withNewStatus().withPhase("Running").withPodIP(ip)
        .addNewCondition().withType("Ready").withStatus(ready ? "True" : "False").endCondition().endStatus().build();
  }

  private static List<String> ips(List<EndpointAddress> addresses) {
    return addresses.stream().map(EndpointAddress::getIp).toList();
  }

  @Test
  void addresses_that_share_all_ports_share_a_subset() {
    List<EndpointSubset> subsets = EndpointsPlan.subsets(WEB,
        List.of(pod("a", "10.0.0.1", 8080, true), pod("b", "10.0.0.2", 9090, true), pod("c", "10.0.0.3", 9090, false)));
    assertThat(subsets).extracting(s -> s.getPorts().stream().map(EndpointPort::getPort).toList())
        .containsExactlyInAnyOrder(List.of(8080), List.of(81), List.of(9090));
    EndpointSubset common = subsets.stream().filter(s -> s.getPorts().getFirst().getPort() == 81).findFirst().orElseThrow();
    assertThat(ips(common.getAddresses())).containsExactly("10.0.0.1", "10.0.0.2");
    assertThat(ips(common.getNotReadyAddresses())).containsExactly("10.0.0.3");
  }

  @Test
  void a_terminating_or_finished_pod_is_left_out() {
    Pod going = new PodBuilder(pod("a", "10.0.0.1", 80, true)).editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata()
        .build();
    Pod done = new PodBuilder(pod("b", "10.0.0.2", 80, false)).editStatus().withPhase("Succeeded").endStatus().build();
    assertThat(EndpointsPlan.subsets(WEB, List.of(going, done))).isEmpty();
  }

  @Test
  void what_is_right_is_not_written_again() {
    List<Pod> pods = List.of(pod("a", "10.0.0.1", 8080, true));
    Endpoints first = EndpointsPlan.of(WEB, pods, Optional.empty(), Optional.of("2026-01-01T00:00:00Z")).orElseThrow();
    assertThat(EndpointsPlan.of(WEB, pods, Optional.of(first), Optional.empty())).isEmpty();
    assertThat(EndpointsPlan.of(WEB, List.of(), Optional.of(first), Optional.empty())).isPresent();
  }
}
