package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kubrig.machinery.pki.CertificateSpec;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterPlanTest {
  private static ClusterPlan plan(NodeMode node, int port) {
    DataDirectory directory = new DataDirectory(Path.of("/d"));
    return new ClusterPlan(new ClusterSettings(directory, node, "memory", port, "n1", InetAddress.ofLiteral("192.0.2.7")));
  }

  @Test
  void every_component_understands_the_flags_it_is_given() {
    ClusterPlan plan = plan(new NodeMode.Containerd(), 6443);
    accepts(Components.API_SERVER, plan.apiServer());
    accepts(Components.CONTROLLER_MANAGER, plan.controllerManager());
    accepts(Components.PROXY, plan.proxy());
    accepts(Components.KUBELET, plan.kubelet("unix:///s", "kubrig-1"));
  }

  private static void accepts(Components component, List<String> args) {
    assertThatCode(() -> component.factory().flags().parse(args)).doesNotThrowAnyException();
  }

  @Test
  void the_servers_certificate_is_good_for_every_way_to_reach_it() {
    ClusterPlan plan = plan(new NodeMode.Simulated(1), 6443);
    assertThat(plan.serverNames()).contains("n1", "localhost", "kubernetes.default.svc.cluster.local");
    assertThat(plan.serverAddresses()).extracting(InetAddress::getHostAddress).containsExactly("10.96.0.1", "192.0.2.7", "127.0.0.1");
  }

  @Test
  void only_a_cluster_on_the_native_port_serves_the_native_status_ports() {
    assertThat(plan(new NodeMode.Simulated(1), 6443).controllerManager()).contains("--secure-port=10257");
    assertThat(plan(new NodeMode.Simulated(1), 7443).controllerManager()).contains("--secure-port=0");
  }

  @Test
  void a_kubelet_may_write_only_what_concerns_its_own_node() {
    assertThat(plan(new NodeMode.Containerd(), 6443).apiServer())
        .contains("--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction");
  }

  @Test
  void the_kubelet_is_a_user_only_where_there_is_one() {
    assertThat(plan(new NodeMode.Simulated(1), 6443).users()).extracting(ClusterPlan.User::file).doesNotContain("kubelet");
    assertThat(plan(new NodeMode.Containerd(), 6443).users())
        .contains(new ClusterPlan.User("kubelet", "system:node:n1", CertificateSpec.client("system:node:n1", "system:nodes")));
  }
}
