package io.kubrig.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.standalone.kubeadm.ClusterConfiguration;
import io.kubrig.standalone.kubeadm.InitConfiguration;
import io.kubrig.standalone.kubeadm.Networking;
import io.kubrig.standalone.kubeadm.NodeRegistration;
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
  void the_objects_of_a_namespace_that_goes_share_the_storages_writes_to_disk() {
    assertThat(plan(new NodeMode.Simulated(1), 6443).apiServer()).contains("--delete-collection-workers=16");
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
        .contains(new ClusterPlan.User("kubelet", "system:node:n1", CertificateSpec.client("system:node:n1", "system:nodes"),
            "https://127.0.0.1:6443"));
  }

  @Test
  void a_cluster_that_others_join_takes_their_tokens_and_tells_them_the_ways_to_its_pods() {
    InitConfiguration init = new InitConfiguration(InetAddress.ofLiteral("192.0.2.7"), 6443, List.of(),
        new NodeRegistration("n1", "", List.of(), List.of()),
        new ClusterConfiguration(Path.of("/d/pki"), Path.of("/d/storage"), "api.example.org", List.of("192.0.2.9", "x.example.org"),
            new Networking("10.32.0.0/16", "10.64.0.0/12", "cluster.local")));
    ClusterPlan plan = new ClusterPlan(ClusterSettings.of(new DataDirectory(Path.of("/d")), init));
    assertThat(plan.apiServer()).contains("--enable-bootstrap-token-auth=true", "--service-cluster-ip-range=10.32.0.0/16");
    assertThat(plan.controllerManager()).contains("--cloud-provider=bare-metal", "--configure-cloud-routes=true")
        .anyMatch(flag -> flag.startsWith("--controllers=*,bootstrap-signer-controller,token-cleaner-controller"));
    assertThat(plan.serverNames()).contains("api.example.org", "x.example.org");
    assertThat(plan.serverAddresses()).extracting(InetAddress::getHostAddress).contains("10.32.0.1", "192.0.2.7", "192.0.2.9");
    assertThat(plan.users()).extracting(ClusterPlan.User::file).doesNotContain("kubelet");
    assertThat(plan.users().getFirst()).satisfies(admin -> {
      assertThat(admin.certificate().organizations()).containsExactly("kubeadm:cluster-admins");
      assertThat(admin.server()).isEqualTo("https://api.example.org:6443");
    });
    accepts(Components.API_SERVER, plan.apiServer());
    accepts(Components.CONTROLLER_MANAGER, plan.controllerManager());
    accepts(Components.PROXY, plan.proxy());
    accepts(Components.KUBELET, plan.kubelet("unix:///s", "kubrig-1"));
  }

  @Test
  void a_machine_that_joins_gives_its_parts_flags_that_they_understand() {
    NodePlan plan = new NodePlan(new DataDirectory(Path.of("/d")), "n2", InetAddress.ofLiteral("192.0.2.8"), Path.of("/d/pki/ca.crt"));
    assertThat(plan.joiningKubelet("unix:///s", "")).contains("--bootstrap-kubeconfig=/d/bootstrap-kubelet.conf",
        "--kubeconfig=/d/kubelet.conf");
    accepts(Components.KUBELET, plan.joiningKubelet("unix:///s", "g"));
    accepts(Components.PROXY, plan.proxy(Networking.STANDARD));
  }
}
