package io.kubrig.machinery.component;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyFileClientsTest {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void a_client_takes_its_certificate_and_key_from_one_file_whatever_the_kind_of_key(KeyKind kind) {
    KeyAndCertificate pair = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC,
        new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"))).issue(CertificateSpec.client("system:node:n1"), kind);
    Path file = directory.resolve("client.pem");
    PemFiles.write(file, PemFiles.text(pair.chain()) + PemFiles.text(pair.key()));
    assertThatCode(() -> KubeconfigClients.of(config(file)).close()).doesNotThrowAnyException();
    assertThatThrownBy(() -> KubeconfigClients.of(config(directory.resolve("none")))).isInstanceOf(StartException.class)
        .hasMessageContaining("the client certificate of the kubeconfig cannot be used: open " + directory.resolve("none"));
  }

  private static Config config(Path file) {
    return new ConfigBuilder(Config.empty()).withMasterUrl("https://127.0.0.1:1").withClientCertFile(file.toString())
        .withClientKeyFile(file.toString()).build();
  }
}
