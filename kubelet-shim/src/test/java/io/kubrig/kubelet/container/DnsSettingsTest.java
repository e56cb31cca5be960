package io.kubrig.kubelet.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.kubrig.kubelet.cri.v1.DNSConfig;
import io.kubrig.kubelet.pod.Pods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsSettingsTest {
  @TempDir Path directory;
  private DnsSettings settings;

  @BeforeEach
  void hostFile() throws IOException {
    Path file = directory.resolve("resolv.conf");
    Files.writeString(file, "# comment\nsearch old\nnameserver 192.0.2.53\nsearch example.com corp\noptions timeout:1\n");
    settings = new DnsSettings(List.of("10.96.0.10"), "cluster.local", file.toString());
  }

  private DNSConfig of(Pod pod) throws IOException {
    return settings.forPod(pod).config();
  }

  private static PodBuilder pod() {
    return new PodBuilder(Pods.pod("Always", List.of(), Pods.container("a")));
  }

  @Test
  void a_pod_asks_the_cluster_first() throws IOException {
    DNSConfig config = of(pod().build());
    assertThat(config.getServersList()).containsExactly("10.96.0.10");
    assertThat(config.getSearchesList())
        .containsExactly("ns.svc.cluster.local", "svc.cluster.local", "cluster.local", "example.com", "corp");
    assertThat(config.getOptionsList()).containsExactly("ndots:5");
  }

  @Test
  void a_pod_on_the_hosts_network_asks_as_the_host_does_unless_it_says_otherwise() throws IOException {
    assertThat(of(pod().editSpec().withHostNetwork(true).endSpec().build()).getServersList()).containsExactly("192.0.2.53");
    assertThat(of(pod().editSpec().withHostNetwork(true).withDnsPolicy("ClusterFirstWithHostNet").endSpec().build()).getServersList())
        .containsExactly("10.96.0.10");
  }

  @Test
  void a_pods_own_configuration_is_added_and_its_options_win() throws IOException {
    Pod pod =
        pod().editSpec().withNewDnsConfig().withNameservers("1.1.1.1").withSearches("mine").addNewOption().withName("ndots").withValue("2")
            .endOption().addNewOption().withName("edns0").endOption().endDnsConfig().endSpec().build();
    DNSConfig config = of(pod);
    assertThat(config.getServersList()).containsExactly("10.96.0.10", "1.1.1.1");
    assertThat(config.getSearchesList()).endsWith("mine");
    assertThat(config.getOptionsList()).containsExactly("ndots:2", "edns0");
  }

  @Test
  void none_means_nothing_but_the_pods_own() throws IOException {
    Pod pod = pod().editSpec().withDnsPolicy("None").withNewDnsConfig().withNameservers("1.1.1.1").endDnsConfig().endSpec().build();
    assertThat(of(pod)).isEqualTo(DNSConfig.newBuilder().addServers("1.1.1.1").build());
  }

  @Test
  void more_than_three_servers_are_too_many() throws IOException {
    Pod pod = pod().editSpec().withNewDnsConfig().withNameservers("1.1.1.1", "1.1.1.2", "1.1.1.3").endDnsConfig().endSpec().build();
    DnsSettings.Resolved resolved = settings.forPod(pod);
    assertThat(resolved.config().getServersCount()).isEqualTo(3);
    assertThat(resolved.complaints())
        .containsExactly("Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: "
            + "10.96.0.10 1.1.1.1 1.1.1.2");
  }
}
