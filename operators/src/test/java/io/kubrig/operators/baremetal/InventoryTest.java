package io.kubrig.operators.baremetal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.kubrig.machinery.config.ConfigException;
import io.kubrig.machinery.config.ConfigFile;
import io.kubrig.operators.cloud.CloudException;
import io.kubrig.operators.cloud.InstanceMetadata;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InventoryTest {
  private static final String FILE = """
      apiVersion: cloud.kubrig.io/v1alpha1
      kind: BareMetalConfiguration
      loadBalancerPool: [192.0.2.0/28, "2001:db8::1-2001:db8::9"]
      machines:
      - name: a
        id: 4c4c4544
        type: large
        zone: rack-1
        region: hall-2
        addresses: [10.0.0.1, "fd00::1"]
        externalAddresses: [192.0.2.1]
        labels: {example.com/rack: "1"}
      - name: b
        poweredOff: true
      """;

  private static BareMetalConfiguration read(String text) {
    return BareMetalConfiguration.of(
        ConfigFile.parse("f", text, BareMetalConfiguration.KIND, BareMetalConfiguration.VERSIONS).fields());
  }

  private static Node node(String name, String providerId) {
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().withProviderID(providerId).endSpec().build();
  }

  @Test
  void a_file_says_what_machines_there_are() {
    Inventory inventory = new Inventory(() -> read(FILE));
    assertThat(inventory.metadata(node("a", null))).contains(new InstanceMetadata("bare-metal://4c4c4544", "large",
        List.of(new NodeAddress("10.0.0.1", "InternalIP"), new NodeAddress("fd00::1", "InternalIP"), new NodeAddress("192.0.2.1",
            "ExternalIP")),
        "rack-1", "hall-2", Map.of("example.com/rack", "1")));
    assertThat(inventory.exists(node("renamed", "bare-metal://4c4c4544"))).isTrue();
    assertThat(inventory.exists(node("a", "bare-metal://other"))).isFalse();
    assertThat(inventory.exists(node("c", null))).isFalse();
    assertThat(inventory.isShutDown(node("b", null))).isTrue();
    assertThat(inventory.isShutDown(node("a", null))).isFalse();
    assertThatThrownBy(() -> inventory.metadata(node("c", null))).isInstanceOf(CloudException.class)
        .hasMessage("instance not found: the inventory has no machine c");
  }

  @Test
  void without_an_inventory_every_node_is_a_machine() {
    Inventory inventory = new Inventory(BareMetalConfiguration::empty);
    assertThat(inventory.exists(node("c", null))).isTrue();
    assertThat(inventory.isShutDown(node("c", null))).isFalse();
    assertThat(inventory.metadata(node("c", null))).map(InstanceMetadata::providerId).contains("bare-metal://c");
  }

  @Test
  void an_empty_list_of_machines_is_an_inventory() {
    BareMetalConfiguration configuration =
        read("{apiVersion: cloud.kubrig.io/v1alpha1, kind: BareMetalConfiguration, machines: []}");
    assertThat(configuration.machines()).contains(List.of());
    assertThat(new Inventory(() -> configuration).exists(node("a", null))).isFalse();
  }

  @Test
  void nothing_is_said_of_machines_while_the_file_makes_no_sense() {
    Inventory inventory = new Inventory(() -> read("kind: [}"));
    assertThatThrownBy(() -> inventory.exists(node("a", null))).isInstanceOf(CloudException.class)
        .hasMessageStartingWith("the inventory cannot be read: f:1: ");
  }

  @Test
  void files_that_make_no_sense_are_refused() {
    String head = "apiVersion: cloud.kubrig.io/v1alpha1\nkind: BareMetalConfiguration\n";
    assertThatThrownBy(() -> read(head + "machines: [{name: a}, {name: a}]")).isInstanceOf(ConfigException.class)
        .hasMessage("f:3: machines: the name or id of a is there twice");
    assertThatThrownBy(() -> read(head + "machines: [{id: a}]")).hasMessageEndingWith("a machine needs the name of its node");
    assertThatThrownBy(() -> read(head + "loadBalancerPool: [nowhere]")).hasMessage("f:3: loadBalancerPool: not an address: nowhere");
    assertThatThrownBy(() -> read(head + "pool: []")).hasMessageContaining("unknown field \"pool\"");
    assertThat(read(head).machines()).isEqualTo(Optional.empty());
  }
}
