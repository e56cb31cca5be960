package io.kubrig.apiserver.kinds.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.registry.Reservation;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class ServiceAllocationTest {
  private final StoredServices cluster = new StoredServices(List.of("10.96.0.0/24"), 30000, 30031);
  private ClusterAddresses addresses = new ClusterAddresses(cluster);
  private NodePorts ports = new NodePorts(cluster);

  private Reservation allocate(Tree service, Tree old, boolean dryRun) {
    return ServiceAllocation.of(addresses, ports, service, old, dryRun);
  }

  private Tree stored(Tree service) {
    var reservation = allocate(service, null, false);
    cluster.store(service); // in the order of a write: an address is the write's until the service is stored
    reservation.commit();
    return service;
  }

  private static Tree service(String name, String type, Tree... more) {
    Tree spec = Tree.of("type", type, "ports", new ArrayList<Object>(List.of(Tree.of("port", 80L, "protocol", "TCP"))));
    for (Tree members : more) {
      members.forEach(spec::set);
    }
    Tree service = Tree.of("metadata", Tree.of("name", name, "namespace", "default"), "spec", spec);
    ServiceDefaults.apply(service);
    ServiceUpdates.normalise(spec);
    return service;
  }

  @Test
  void gives_an_address_of_the_upper_part_of_the_range() {
    Tree made = stored(service("a", "ClusterIP"));
    String ip = made.tree("spec").string("clusterIP");
    assertThat(made.tree("spec").strings("clusterIPs")).containsExactly(ip);
    assertThat(made.tree("spec").strings("ipFamilies")).containsExactly("IPv4");
    assertThat(made.tree("spec").string("ipFamilyPolicy")).isEqualTo("SingleStack");
    assertThat(Integer.parseInt(ip.substring(ip.lastIndexOf('.') + 1))).isGreaterThan(16);
    Tree parent = cluster.get("networking.k8s.io", "ipaddresses", "", ip).orElseThrow().tree("spec").tree("parentRef");
    assertThat(parent.string("name")).isEqualTo("a");
  }

  @Test
  void refuses_an_address_that_is_taken_or_out_of_range() {
    stored(service("a", "ClusterIP", Tree.of("clusterIP", "10.96.0.10")));
    assertThatThrownBy(() -> allocate(service("b", "ClusterIP", Tree.of("clusterIP", "10.96.0.10")), null, false))
        .isInstanceOf(ApiException.class)
        .hasMessageContaining("failed to allocate IP 10.96.0.10: provided IP is already allocated");
    assertThatThrownBy(() -> allocate(service("b", "ClusterIP", Tree.of("clusterIP", "10.97.0.1")), null, false))
        .hasMessageContaining("failed to allocate IP 10.97.0.1: the provided network does not match the current range");
  }

  @Test
  void a_dry_run_leaves_nothing_behind() {
    Tree service = service("a", "NodePort");
    allocate(service, null, true).undo();
    assertThat(service.tree("spec").string("clusterIP")).isNotEmpty();
    assertThat(cluster.list("networking.k8s.io", "ipaddresses", "")).isEmpty();
    for (int i = 0; i < 32; i++) {
      stored(service("s" + i, "NodePort"));
    }
  }

  @Test
  void a_failed_write_gives_everything_back() {
    Tree service = service("a", "NodePort", Tree.of("clusterIP", "10.96.0.20"));
    allocate(service, null, false).undo();
    assertThat(stored(service("b", "NodePort", Tree.of("clusterIP", "10.96.0.20"))).tree("spec").string("clusterIP"))
        .isEqualTo("10.96.0.20");
  }

  @Test
  void an_address_is_given_back_when_the_node_port_is_refused() {
    stored(service("a", "NodePort", ports(30001)));
    Tree second = service("b", "NodePort", Tree.of("clusterIP", "10.96.0.30"), ports(30001));
    assertThatThrownBy(() -> allocate(second, null, false))
        .hasMessageContaining("spec.ports[0].nodePort: Invalid value: 30001: provided port is already allocated");
    assertThat(cluster.get("networking.k8s.io", "ipaddresses", "", "10.96.0.30")).isEmpty();
  }

  private static Tree ports(long... nodePorts) {
    List<Object> ports = new ArrayList<>();
    for (long nodePort : nodePorts) {
      String name = ports.isEmpty() ? "" : "p" + ports.size();
      ports.add(Tree.of("name", name, "port", 80L + ports.size(), "protocol", "TCP", "nodePort", nodePort));
    }
    return Tree.of("ports", ports);
  }

  @Test
  void tcp_and_udp_on_one_port_share_a_node_port() {
    List<Object> both = new ArrayList<>(List.of(Tree.of("name", "t", "port", 53L, "protocol", "TCP"),
        Tree.of("name", "u", "port", 53L, "protocol", "UDP")));
    List<Tree> ports = stored(service("dns", "NodePort", Tree.of("ports", both))).tree("spec").trees("ports");
    assertThat(ports.get(0).integer("nodePort")).isEqualTo(ports.get(1).integer("nodePort")).isBetween(30000L, 30031L);
  }

  @Test
  void a_change_of_type_gives_back_ports_and_addresses() {
    Tree old = stored(service("a", "NodePort", ports(30005)));
    String ip = old.tree("spec").string("clusterIP");
    Tree changed = old.copy();
    changed.tree("spec").set("type", "ExternalName").set("externalName", "a.example.com");
    ServiceUpdates.keep(changed.tree("spec"), old.tree("spec"));
    Reservation reservation = allocate(changed, old, false);
    ServiceUpdates.dropUnneeded(changed.tree("spec"), old.tree("spec"));
    reservation.commit();
    cluster.store(changed);
    assertThat(changed.tree("spec").has("clusterIP")).isFalse();
    assertThat(cluster.get("networking.k8s.io", "ipaddresses", "", ip)).isEmpty();
    stored(service("b", "NodePort", ports(30005)));
  }

  @Test
  void an_update_without_addresses_and_ports_keeps_them() {
    Tree old = stored(service("a", "NodePort", ports(30007)));
    Tree changed = service("a", "NodePort");
    ServiceUpdates.keep(changed.tree("spec"), old.tree("spec"));
    allocate(changed, old, false).commit();
    assertThat(changed.tree("spec").string("clusterIP")).isEqualTo(old.tree("spec").string("clusterIP"));
    assertThat(changed.tree("spec").trees("ports").getFirst().integer("nodePort")).isEqualTo(30007);
  }

  @Test
  void a_dry_run_is_shown_ports_out_of_the_range_and_takes_what_is_asked_for() {
    Tree shown = service("a", "NodePort", ports(70000, 0));
    allocate(shown, null, true).undo();
    assertThat(shown.tree("spec").trees("ports").stream().map(port -> port.integer("nodePort"))).containsExactly(70000L, 70001L);
  }

  @Test
  void an_update_may_not_give_one_node_port_to_two_ports_of_a_protocol() {
    Tree old = stored(service("a", "NodePort", ports(30007)));
    Tree changed = service("a", "NodePort", ports(30007, 30007));
    ServiceUpdates.keep(changed.tree("spec"), old.tree("spec"));
    assertThatThrownBy(() -> allocate(changed, old, false)).hasMessage("duplicate nodePort: {TCP 30007}");
  }

  @Test
  void a_local_load_balancer_gets_a_health_check_port() {
    Tree made = stored(service("a", "LoadBalancer", Tree.of("externalTrafficPolicy", "Local")));
    assertThat(made.tree("spec").integer("healthCheckNodePort")).isBetween(30000L, 30031L);
  }

  @Test
  void two_families_give_two_addresses_and_headless_services_none() {
    StoredServices dual = new StoredServices(List.of("10.96.0.0/24", "fd00::/112"), 30000, 30031);
    addresses = new ClusterAddresses(dual);
    ports = new NodePorts(dual);
    Tree both = service("a", "ClusterIP", Tree.of("ipFamilyPolicy", "PreferDualStack"));
    allocate(both, null, false).commit();
    assertThat(both.tree("spec").strings("clusterIPs")).hasSize(2);
    assertThat(both.tree("spec").strings("clusterIPs").getLast()).startsWith("fd00::");
    Tree headless = service("b", "ClusterIP", Tree.of("clusterIP", "None"));
    allocate(headless, null, false).commit();
    assertThat(headless.tree("spec").strings("clusterIPs")).containsExactly("None");
    assertThat(headless.tree("spec").strings("ipFamilies")).containsExactly("IPv4", "IPv6");
  }

  @Test
  void concurrent_creations_never_share_an_address_or_a_port() throws Exception {
    Set<String> taken = ConcurrentHashMap.newKeySet();
    List<Callable<Void>> creations = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      Tree service = service("s" + i, "NodePort");
      creations.add(() -> {
        Tree spec = stored(service).tree("spec");
        taken.add(spec.string("clusterIP"));
        taken.add("port " + spec.trees("ports").getFirst().integer("nodePort"));
        return null;
      });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : threads.invokeAll(creations)) {
        done.get();
      }
    }
    assertThat(new HashSet<>(taken)).hasSize(64);
    assertThatThrownBy(() -> allocate(service("late", "NodePort"), null, false))
        .hasMessageContaining("failed to allocate a nodePort: range is full");
  }
}
