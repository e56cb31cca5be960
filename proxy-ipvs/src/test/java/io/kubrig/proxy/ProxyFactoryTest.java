package io.kubrig.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.FlagException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyFactoryTest {
  @TempDir
  Path folder;

  private final ProxyFactory factory = new ProxyFactory();

  private Component create(String... args) {
    return factory.create(factory.flags().parse(List.of(args)), Environment.ofProcess((component, reason) -> { }));
  }

  private String written(String... args) throws Exception {
    Path file = folder.resolve("out.yaml");
    List<String> all = new ArrayList<>(List.of(args));
    all.add("--write-config-to=" + file);
    try (Component component = create(all.toArray(String[]::new))) {
      component.start();
    }
    return Files.readString(file);
  }

  private Path config(String body) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"),
        "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n" + body);
  }

  @Test
  void flags_fill_the_configuration() throws Exception {
    assertThat(written("--cluster-cidr=10.244.0.0/16", "--proxy-mode=nftables", "--iptables-sync-period=45s", "--masquerade-all",
        "--nodeport-addresses=10.0.0.0/8"))
        .contains("clusterCIDR: 10.244.0.0/16", "mode: nftables", "syncPeriod: 45s", "masqueradeAll: true", "- 10.0.0.0/8",
            "healthzBindAddress: 0.0.0.0:10256");
  }

  @Test
  void a_configuration_file_replaces_flags_but_the_host_name() throws Exception {
    Path file = config("clusterCIDR: 10.1.0.0/16\nnftables:\n  syncPeriod: 0s\n  minSyncPeriod: 2s\n");
    assertThat(written("--config=" + file, "--cluster-cidr=10.9.0.0/16", "--hostname-override=Node-1"))
        .contains("clusterCIDR: 10.1.0.0/16", "hostnameOverride: Node-1", "minSyncPeriod: 2s", "syncPeriod: 30s");
  }

  @Test
  void an_unknown_field_or_kind_is_an_error() throws Exception {
    Path file = config("clusterCidr: 10.1.0.0/16\n");
    assertThatThrownBy(() -> create("--config=" + file)).isInstanceOf(StartException.class)
        .hasMessageContaining("unknown field \"clusterCidr\"");
    Path other = Files.writeString(folder.resolve("other.yaml"), "apiVersion: v1\nkind: Pod\n");
    assertThatThrownBy(() -> create("--config=" + other)).isInstanceOf(StartException.class)
        .hasMessageContaining("no kind \"Pod\" is registered");
    assertThatThrownBy(() -> create("--config=" + folder.resolve("absent"))).isInstanceOf(StartException.class)
        .hasMessageContaining("failed to load");
  }

  @Test
  void values_that_cannot_be_are_errors_all_at_once() {
    assertThatThrownBy(() -> create("--proxy-mode=fast", "--cluster-cidr=10.0.0.0/99", "--iptables-masquerade-bit=40"))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("ProxyMode: Invalid value: \"fast\"").hasMessageContaining("ClusterCIDR: Invalid value: \"10.0.0.0/99\"")
        .hasMessageContaining("MasqueradeBit: Invalid value: 40");
    assertThatThrownBy(() -> create("--proxy-mode=ipvs")).isInstanceOf(StartException.class)
        .hasMessageContaining("proxy mode \"ipvs\" is not available");
    assertThatThrownBy(() -> create("--no-such-flag")).isInstanceOf(FlagException.class);
  }

  @Test
  void kernel_settings_follow_the_number_of_processors_and_leave_zeros_alone() {
    ProxyConfiguration configuration = ProxyConfiguration.of(ProxyConfiguration.defaults());
    assertThat(KernelSettings.wanted(configuration, 8))
        .isEqualTo(Map.of("net/ipv4/ip_forward", 1L, "net/netfilter/nf_conntrack_max", 262144L,
        "net/netfilter/nf_conntrack_tcp_timeout_established", 86400L, "net/netfilter/nf_conntrack_tcp_timeout_close_wait", 3600L));
    assertThat(KernelSettings.wanted(configuration, 1)).containsEntry("net/netfilter/nf_conntrack_max", 131072L);
  }
}
