package io.kubrig.standalone.kubeadm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Taint;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.config.ConfigException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigurationTest {
  private static final VirtualClock CLOCK = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
  private static final String HASH = "sha256:" + "0".repeat(64);
  private static final ClusterConfiguration CLUSTER =
      new ClusterConfiguration(Path.of("/d/pki"), Path.of("/d/storage"), "", List.of(), Networking.STANDARD);
  private static final InitConfiguration INIT = new InitConfiguration(InetAddress.ofLiteral("192.0.2.1"), 6443, List.of(),
      new NodeRegistration("n1", "", List.of(InitConfiguration.CONTROL_PLANE), List.of()), CLUSTER);
  private static final JoinConfiguration JOIN = join(new JoinConfiguration.FoundBy("", "", List.of(), false, ""), "");

  private static JoinConfiguration join(JoinConfiguration.FoundBy by, String token) {
    return new JoinConfiguration(by, token, Path.of("/d/pki/ca.crt"), new NodeRegistration("n2", "", List.of(), List.of()),
        JoinConfiguration.Timeouts.STANDARD);
  }

  private static InitConfiguration init(String text) {
    return InitConfiguration.of(KubeadmFile.parse("f", text), INIT, CLOCK);
  }

  @Test
  void what_is_remembered_of_init_is_what_it_was_told() {
    InitConfiguration told = new InitConfiguration(InetAddress.ofLiteral("192.0.2.7"), 7443, List.of(),
        new NodeRegistration("cp", "unix:///run/c.sock", List.of(new Taint("NoSchedule", "a", null, "b")), List.of()),
        new ClusterConfiguration(Path.of("/k"), Path.of("/s"), "api.example.org:443", List.of("a.example.org", "192.0.2.9"),
            new Networking("10.32.0.0/16", "10.64.0.0/12", "example.local")));
    assertThat(init(told.yaml())).isEqualTo(told);
    assertThat(init(INIT.yaml())).isEqualTo(INIT);
    assertThat(told.endpoint()).isEqualTo("api.example.org:443");
    assertThat(INIT.endpoint()).isEqualTo("192.0.2.1:6443");
  }

  @Test
  void what_is_remembered_of_join_is_the_node_and_the_clusters_ranges_and_no_token() {
    JoinConfiguration told = join(new JoinConfiguration.FoundBy("192.0.2.1:6443", "abcdef.0123456789abcdef", List.of(HASH), false, ""),
        "abcdef.0123456789abcdef");
    String text = told.yaml(CLUSTER);
    assertThat(text).doesNotContain("abcdef");
    KubeadmFile file = KubeadmFile.parse("f", text);
    assertThat(file.isOfJoin()).isTrue();
    assertThat(JoinConfiguration.of(file, JOIN).node()).isEqualTo(told.node());
    assertThat(ClusterConfiguration.of(file, CLUSTER).networking()).isEqualTo(Networking.STANDARD);
    file.finish();
  }

  @Test
  void a_file_of_kubeadms_is_read_and_what_means_nothing_is_named() {
    KubeadmFile file = KubeadmFile.parse("f", """
        apiVersion: kubeadm.k8s.io/v1beta4
        kind: ClusterConfiguration
        kubernetesVersion: v1.36.0
        networking: {podSubnet: 10.1.0.0/16}
        apiServer: {certSANs: [x.example.org], extraArgs: [{name: v, value: "4"}]}
        controllerManager: {}
        ---
        apiVersion: kubeadm.k8s.io/v1beta4
        kind: InitConfiguration
        bootstrapTokens: [{token: abcdef.0123456789abcdef, ttl: 1h}]
        nodeRegistration: {name: first, taints: []}
        """);
    InitConfiguration found = InitConfiguration.of(file, INIT, CLOCK);
    assertThat(found.cluster().networking().podSubnet()).isEqualTo("10.1.0.0/16");
    assertThat(found.cluster().certSans()).containsExactly("x.example.org");
    assertThat(found.node().taints()).isEmpty();
    assertThat(found.tokens()).singleElement().satisfies(token ->
        assertThat(token.expires()).isEqualTo(Optional.of(CLOCK.now().plus(Duration.ofHours(1)))));
    assertThat(file.ignored()).containsExactly("apiServer.extraArgs", "controllerManager");
  }

  @Test
  void what_is_unknown_is_refused() {
    String head = "apiVersion: kubeadm.k8s.io/v1beta4\nkind: InitConfiguration\n";
    assertThatThrownBy(() -> init(head + "tokens: []\n")).isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown field \"tokens\"");
    assertThatThrownBy(() -> init("kind: KubeletConfiguration\n")).hasMessageContaining("kind \"KubeletConfiguration\" is not taken here");
    assertThatThrownBy(() -> ClusterConfiguration.checkVersion("v1.35.0")).hasMessageContaining("--kubernetes-version \"v1.35.0\"");
  }

  @Test
  void values_that_cannot_be_used_name_their_flag() {
    assertThatThrownBy(() -> new Networking("10.96.0.0", "10.244.0.0/16", "d")).isInstanceOf(StartException.class)
        .hasMessageStartingWith("--service-cidr \"10.96.0.0\" is no range");
    assertThatThrownBy(() -> new Networking("10.96.0.0/12", "10.244.0.0/25", "d")).hasMessageStartingWith("--pod-network-cidr");
    assertThatThrownBy(() -> new Networking("10.96.0.0/12", "10.244.0.0/16", "D_")).hasMessageStartingWith("--service-dns-domain");
    assertThatThrownBy(() -> new NodeRegistration("N_1", "", List.of(), List.of())).hasMessageStartingWith("--node-name");
    assertThatThrownBy(() -> new NodeRegistration("n", "/run/c.sock", List.of(), List.of())).hasMessageStartingWith("--cri-socket");
    assertThatThrownBy(() -> InitConfiguration.address("0.0.0.0")).hasMessageStartingWith("--apiserver-advertise-address");
    assertThatThrownBy(() -> new InitConfiguration(INIT.advertiseAddress(), 70000, List.of(), INIT.node(), CLUSTER))
        .hasMessageStartingWith("--apiserver-bind-port");
  }

  @Test
  void well_known_addresses_follow_from_the_ranges() {
    Networking other = new Networking("10.100.3.0/24", "172.16.5.9/12", "cluster.local");
    assertThat(other.kubernetesService().getHostAddress()).isEqualTo("10.100.3.1");
    assertThat(other.clusterDns().getHostAddress()).isEqualTo("10.100.3.10");
    assertThat(other.firstNodeRange()).isEqualTo("172.16.0.0/24");
    assertThat(Networking.STANDARD.clusterDns().getHostAddress()).isEqualTo("10.96.0.10");
    assertThat(Networking.STANDARD.firstNodeRange()).isEqualTo("10.244.0.0/24");
  }

  @Test
  void a_machine_that_could_not_join_is_told_why() {
    String token = "abcdef.0123456789abcdef";
    refused(new JoinConfiguration.FoundBy("", "", List.of(), false, ""), "", "bootstrapToken or file must be set");
    refused(new JoinConfiguration.FoundBy("h:1", token, List.of(HASH), false, "f"), token, "bootstrapToken and file cannot both be set");
    refused(new JoinConfiguration.FoundBy("", token, List.of(HASH), false, ""), token, "APIServerEndpoint is not set");
    refused(new JoinConfiguration.FoundBy("h", token, List.of(HASH), false, ""), token, "missing port in address");
    refused(new JoinConfiguration.FoundBy("h:1", token, List.of(), false, ""), token, "--discovery-token-unsafe-skip-ca-verification");
    refused(new JoinConfiguration.FoundBy("h:1", "x", List.of(HASH), false, ""), token, "(--token;");
    refused(new JoinConfiguration.FoundBy("h:1", token, List.of(HASH), false, ""), "", "(--tls-bootstrap-token;");
    join(new JoinConfiguration.FoundBy("h:1", token, List.of(), true, ""), token).check();
  }

  private static void refused(JoinConfiguration.FoundBy by, String token, String why) {
    assertThatThrownBy(() -> join(by, token).check()).isInstanceOf(StartException.class).hasMessageContaining(why);
  }
}
