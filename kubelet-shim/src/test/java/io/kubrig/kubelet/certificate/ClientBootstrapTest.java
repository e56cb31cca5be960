package io.kubrig.kubelet.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClientBootstrapTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
  private ClientBootstrap way;
  private CertificateStore store;

  @TempDir private Path directory;

  @BeforeEach
  void bootstrap_kubeconfig() throws Exception {
    way = new ClientBootstrap(directory.resolve("kubelet.conf"), directory.resolve("bootstrap-kubelet.conf"));
    store = new CertificateStore("kubelet-client", directory.resolve("pki"), clock);
    Files.writeString(way.bootstrap(), """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "https://192.0.2.1:6443", certificate-authority-data: Q0E=}}]
        users: [{name: u, user: {token: abcdef.0123456789abcdef}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """);
  }

  private void certify() {
    store.update(CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, clock)
        .issue(CertificateSpec.client("system:node:n1", "system:nodes"), KeyKind.EC));
  }

  @Test
  void is_needed_until_the_nodes_own_kubeconfig_has_a_certificate_and_again_when_that_has_ended() {
    assertThat(way.isNeeded(clock)).isTrue();
    way.write(store.currentFile());
    assertThat(way.isNeeded(clock)).as("there is no certificate yet").isTrue();
    certify();
    assertThat(way.isNeeded(clock)).isFalse();
    clock.advance(Duration.ofDays(366));
    assertThat(way.isNeeded(clock)).isTrue();
  }

  @Test
  void the_nodes_own_kubeconfig_goes_to_the_same_server_with_the_certificate_and_without_the_token() {
    way.write(store.currentFile());
    Config config = Config.fromKubeconfig(way.kubeconfig().toFile());
    assertThat(config.getMasterUrl()).startsWith("https://192.0.2.1:6443");
    assertThat(config.getCaCertData()).isEqualTo("Q0E=");
    assertThat(config.getClientCertFile()).isEqualTo(store.currentFile().toString());
    assertThat(config.getClientKeyFile()).isEqualTo(store.currentFile().toString());
    assertThat(config.getOauthToken()).isNull();
  }

  @Test
  void a_missing_bootstrap_kubeconfig_is_named() throws Exception {
    Files.delete(way.bootstrap());
    assertThatThrownBy(() -> way.write(store.currentFile())).isInstanceOf(StartException.class)
        .hasMessageContaining("unable to load bootstrap kubeconfig: stat " + way.bootstrap() + ": no such file or directory");
  }
}
