package io.kubrig.apiserver.kinds.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortRepairTest {
  private final StoredServices cluster = new StoredServices(List.of("10.96.0.0/24"), 30000, 32767);
  private final NodePorts ports = new NodePorts(cluster);
  private final PortRepair repair = new PortRepair(cluster, ports);

  private Tree stored() {
    return cluster.records().get(NodePorts.KEY).orElseThrow();
  }

  private void serviceWith(String name, long nodePort) {
    Tree port = Tree.of("port", 80L, "protocol", "TCP", "nodePort", nodePort);
    Tree spec = Tree.of("type", "NodePort", "ports", new ArrayList<Object>(List.of(port)));
    cluster.store(Tree.of("metadata", Tree.of("name", name, "namespace", "default"), "spec", spec));
  }

  @Test
  void begins_with_a_range_of_which_nothing_is_taken() {
    repair.run();
    assertThat(stored().string("kind")).isEqualTo("RangeAllocation");
    assertThat(stored().string("range")).isEqualTo("30000-32767");
    assertThat(stored().string("data")).isEmpty();
  }

  @Test
  void the_bits_are_a_big_endian_number_whose_lowest_bit_is_the_first_port() {
    serviceWith("a", 30000);
    serviceWith("b", 30009);
    repair.run();
    assertThat(stored().string("data")).isEqualTo("AgE="); // 0x0201
    assertThat(ports.take(30009)).contains("provided port is already allocated");
    assertThat(ports.take(30010)).isEmpty();
    assertThat(stored().string("data")).isEqualTo("BgE=");
  }

  @Test
  void a_port_that_no_service_has_is_given_back_when_it_was_seen_several_times() {
    assertThat(ports.take(30005)).isEmpty();
    repair.run();
    repair.run();
    assertThat(ports.isTaken(30005)).as("left to a write that may be under way").isTrue();
    repair.run();
    assertThat(ports.isTaken(30005)).isFalse();
  }

  @Test
  void another_range_than_the_stored_one_takes_its_place() {
    Tree other = Tree.of("kind", "RangeAllocation", "apiVersion", "v1", "metadata", new Tree(), "range", "29000-29099", "data", "AQ==");
    cluster.records().revise(NodePorts.KEY, none -> other, Duration.ZERO);
    serviceWith("a", 30001);
    repair.run();
    assertThat(stored().string("range")).isEqualTo("30000-32767");
    assertThat(stored().string("data")).isEqualTo("Ag==");
  }
}
