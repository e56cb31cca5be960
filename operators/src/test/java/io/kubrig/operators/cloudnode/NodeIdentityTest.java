package io.kubrig.operators.cloudnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kubrig.operators.cloud.InstanceMetadata;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {
  private static final NodeAddress INNER = new NodeAddress("10.0.0.1", "InternalIP");
  private static final NodeAddress OTHER = new NodeAddress("10.0.0.2", "InternalIP");
  private static final NodeAddress OUTER = new NodeAddress("192.0.2.1", "ExternalIP");
  private static final NodeAddress HOST = new NodeAddress("a", "Hostname");

  private static Node node() {
    return new NodeBuilder().withNewMetadata().withName("a").addToLabels("own", "1").endMetadata()
        .withNewSpec().addNewTaint().withKey(NodeIdentity.UNINITIALIZED).withValue("true").withEffect("NoSchedule").endTaint()
        .addNewTaint().withKey("other").withEffect("NoSchedule").endTaint().endSpec()
        .withNewStatus().withAddresses(INNER, HOST).endStatus().build();
  }

  private static InstanceMetadata machine(List<NodeAddress> addresses, Map<String, String> labels) {
    return new InstanceMetadata("p://1", "large", addresses, "z", "r", labels);
  }

  @Test
  void a_new_node_learns_who_and_where_it_is_and_may_be_used() {
    Node node = NodeIdentity.initialized(node(), machine(List.of(),
        Map.of("example.com/rack", "7", "own", "2", "sub.kubernetes.io/x", "no", "k8s.io/y", "no")));
    assertThat(node.getSpec().getProviderID()).isEqualTo("p://1");
    assertThat(node.getSpec().getTaints()).extracting(taint -> taint.getKey()).containsExactly("other");
    assertThat(node.getMetadata().getLabels()).containsOnly(Map.entry("own", "1"), Map.entry("example.com/rack", "7"),
        Map.entry("beta.kubernetes.io/instance-type", "large"), Map.entry("node.kubernetes.io/instance-type", "large"),
        Map.entry("failure-domain.beta.kubernetes.io/zone", "z"), Map.entry("topology.kubernetes.io/zone", "z"),
        Map.entry("failure-domain.beta.kubernetes.io/region", "r"), Map.entry("topology.kubernetes.io/region", "r"));
    assertThat(NodeIdentity.isUninitialized(node)).isFalse();
  }

  @Test
  void a_provider_id_that_is_there_stays_and_without_any_the_node_stays_out() {
    Node known = node();
    known.getSpec().setProviderID("kubelet://2");
    assertThat(NodeIdentity.initialized(known, machine(List.of(), Map.of())).getSpec().getProviderID()).isEqualTo("kubelet://2");
    assertThatThrownBy(() -> NodeIdentity.initialized(node(), InstanceMetadata.of("")))
        .hasMessage("cloud provider does not set node provider ID for node a");
  }

  @Test
  void addresses_are_those_of_the_machine_and_the_host_name_of_the_node() {
    assertThat(NodeIdentity.addresses(node(), machine(List.of(INNER, OUTER), Map.of()))).contains(List.of(INNER, OUTER, HOST));
    assertThat(NodeIdentity.addresses(node(), machine(List.of(INNER), Map.of()))).isEmpty();
    assertThat(NodeIdentity.addresses(node(), machine(List.of(), Map.of()))).isEmpty();
  }

  @Test
  void the_address_that_a_kubelet_was_given_is_the_only_one_of_its_type() {
    Node node = node();
    node.getMetadata().setAnnotations(Map.of("alpha.kubernetes.io/provided-node-ip", "10.0.0.2"));
    assertThat(NodeIdentity.addresses(node, machine(List.of(INNER, OTHER, OUTER), Map.of()))).contains(List.of(OTHER, OUTER, HOST));
    assertThatThrownBy(() -> NodeIdentity.initialized(node, machine(List.of(INNER), Map.of())))
        .hasMessage("provided node ip for node \"a\" is not valid: failed to get node address from cloud provider that matches ip: 10.0.0.2");
  }

  @Test
  void labels_of_today_follow_their_forerunners() {
    Node node = node();
    node.getMetadata().setLabels(Map.of("failure-domain.beta.kubernetes.io/zone", "z", "topology.kubernetes.io/zone", "other",
        "beta.kubernetes.io/instance-type", "large", "topology.kubernetes.io/region", "r"));
    assertThat(NodeIdentity.staleLabels(node)).containsOnly(Map.entry("topology.kubernetes.io/zone", "z"),
        Map.entry("node.kubernetes.io/instance-type", "large"));
  }
}
