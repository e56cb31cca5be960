package io.kubrig.operators.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class EligibilityTest {
  private static Service service() {
    return new ServiceBuilder().withNewMetadata().withName("web").withUid("u").endMetadata().withNewSpec().withType("LoadBalancer")
        .withIpFamilies("IPv4").addNewPort().withPort(80).withProtocol("TCP").endPort().endSpec().build();
  }

  private static Service changed(Consumer<Service> change) {
    Service copy = Objects.copy(service());
    change.accept(copy);
    return copy;
  }

  @Test
  void a_service_with_a_class_or_of_another_type_is_somebody_elses() {
    assertThat(Eligibility.wantsBalancer(service())).isTrue();
    assertThat(Eligibility.wantsBalancer(changed(s -> s.getSpec().setLoadBalancerClass("example.com/lb")))).isFalse();
    assertThat(Eligibility.wantsBalancer(changed(s -> s.getSpec().setType("NodePort")))).isFalse();
  }

  @Test
  void what_a_balancer_depends_on_is_looked_at_and_nothing_else() {
    List<Consumer<Service>> changes = List.of(s -> s.getSpec().setType("ClusterIP"), s -> s.getSpec().getPorts().getFirst().setNodePort(3),
        s -> s.getSpec().setLoadBalancerIP("192.0.2.1"), s -> s.getSpec().setLoadBalancerSourceRanges(List.of("10.0.0.0/8")),
        s -> s.getSpec().setSessionAffinity("ClientIP"), s -> s.getSpec().setExternalTrafficPolicy("Local"),
        s -> s.getMetadata().setAnnotations(Map.of("a", "b")), s -> s.getMetadata().setUid("v"),
        s -> s.getSpec().setIpFamilies(List.of("IPv4", "IPv6")), s -> s.getSpec().setExternalIPs(List.of("192.0.2.9")));
    assertThat(changes).allMatch(change -> Eligibility.needsUpdate(service(), changed(change)));
    List<Consumer<Service>> others = List.of(s -> s.getMetadata().setLabels(Map.of("a", "b")),
        s -> s.getSpec().setSelector(Map.of("a", "b")),
        s -> s.getMetadata().setResourceVersion("9"));
    assertThat(others).noneMatch(change -> Eligibility.needsUpdate(service(), changed(change)));
  }

  private static Node node(String excluded) {
    NodeBuilder node = new NodeBuilder().withNewMetadata().withName("a").endMetadata().withNewSpec().endSpec();
    return excluded == null ? node.build()
        : node.editMetadata().addToLabels("node.kubernetes.io/exclude-from-external-load-balancers", excluded).endMetadata().build();
  }

  @Test
  void a_label_leaves_nodes_out_unless_it_says_false() {
    assertThat(Eligibility.isBackend(node(null))).isTrue();
    assertThat(Eligibility.isBackend(node("false"))).isTrue();
    assertThat(Eligibility.isBackend(node("true"))).isFalse();
    assertThat(Eligibility.isBackend(node("maybe"))).isFalse();
    assertThat(Eligibility.isBackend(node(""))).isFalse();
    assertThat(Eligibility.matters(node(null), node("true"))).isTrue();
    assertThat(Eligibility.matters(node(null), node("false"))).isFalse();
  }

  @Test
  void names_are_shown_as_go_does_and_no_more_than_twenty() {
    List<Node> nodes = new ArrayList<>();
    for (int i = 10; i < 32; i++) {
      nodes.add(new NodeBuilder().withNewMetadata().withName("n" + i).endMetadata().build());
    }
    assertThat(BalancerHosts.names(nodes.subList(0, 2))).isEqualTo("[n10 n11]");
    assertThat(BalancerHosts.names(nodes)).startsWith("[n10 ").endsWith(" n29 <2 more>]");
  }
}
