package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.VirtualClock;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterPkiTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
  private final List<String> names = ClusterPki.serverNames("node-1", "cluster.local");
  private final List<InetAddress> addresses = List.of(InetAddress.ofLiteral("10.96.0.1"), InetAddress.ofLiteral("127.0.0.1"));
  private final Path directory;
  private final ClusterPki pki;

  ClusterPkiTest(@TempDir Path temporary) {
    directory = temporary.resolve("pki");
    pki = new ClusterPki(directory, clock);
    pki.ensure(names, addresses);
  }

  private X509Certificate certificate(String name) {
    return PemFiles.certificates(directory.resolve(name + ".crt")).getFirst();
  }

  @Test
  void has_the_files_of_kubeadm_readable_by_their_owner_only() throws Exception {
    assertThat(directory.toFile().list())
        .containsExactlyInAnyOrder(
            "ca.crt", "ca.key", "apiserver.crt", "apiserver.key", "apiserver-kubelet-client.crt", "apiserver-kubelet-client.key",
            "front-proxy-ca.crt", "front-proxy-ca.key", "front-proxy-client.crt", "front-proxy-client.key", "sa.key", "sa.pub");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))).isEqualTo("rwx------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca.key")))).isEqualTo("rw-------");
  }

  @Test
  void the_servers_certificate_is_vouched_for_and_holds_its_names() throws Exception {
    X509Certificate server = certificate("apiserver");
    server.verify(certificate("ca").getPublicKey());
    assertThat(server.getSubjectX500Principal().getName()).isEqualTo("CN=kube-apiserver");
    assertThat(server.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(server.getBasicConstraints()).isEqualTo(-1);
    assertThat(server.getSubjectAlternativeNames())
        .contains(List.of(2, "kubernetes.default.svc.cluster.local"), List.of(2, "node-1"), List.of(7, "10.96.0.1"));
    assertThat(server.getNotAfter().toInstant()).isEqualTo(clock.now().plus(Duration.ofDays(365)));
    assertThat(certificate("ca").getBasicConstraints()).isGreaterThan(0);
    assertThat(certificate("ca").getKeyUsage()[5]).isTrue();
  }

  @Test
  void a_client_certificate_names_user_and_group() {
    assertThat(certificate("apiserver-kubelet-client").getSubjectX500Principal().getName())
        .isEqualTo("CN=kube-apiserver-kubelet-client,O=kubeadm:cluster-admins");
  }

  @Test
  void what_is_there_is_kept() {
    X509Certificate before = certificate("apiserver");
    pki.ensure(names, addresses);
    assertThat(certificate("apiserver")).isEqualTo(before);
  }

  @Test
  void a_leaf_is_renewed_near_its_end_and_for_a_new_name_but_the_authority_stays() {
    X509Certificate before = certificate("apiserver");
    X509Certificate authority = certificate("ca");
    clock.advance(Duration.ofDays(336));
    pki.ensure(names, addresses);
    X509Certificate renewed = certificate("apiserver");
    assertThat(renewed).isNotEqualTo(before);
    pki.ensure(names, List.of(InetAddress.ofLiteral("192.0.2.7")));
    assertThat(certificate("apiserver")).isNotEqualTo(renewed);
    assertThat(certificate("ca")).isEqualTo(authority);
  }

  @Test
  void keys_of_both_kinds_are_read_back() throws Exception {
    for (KeyKind kind : KeyKind.values()) {
      var pair = kind.generate();
      Path file = directory.resolve("x.key");
      PemFiles.write(file, PemFiles.text(pair.getPrivate()));
      Signature signature = Signature.getInstance(kind == KeyKind.EC ? "SHA256withECDSA" : "SHA256withRSA");
      signature.initSign(PemFiles.privateKey(file));
      signature.update(new byte[] {1});
      byte[] signed = signature.sign();
      PemFiles.write(file, PemFiles.text(pair.getPublic()));
      signature.initVerify(PemFiles.publicKeys(file).getFirst());
      signature.update(new byte[] {1});
      assertThat(signature.verify(signed)).isTrue();
    }
  }

  @Test
  void a_kubeconfig_is_kept_until_its_server_changes() throws Exception {
    Path file = directory.resolve("admin.conf");
    pki.kubeconfig(file, "https://127.0.0.1:6443", "kubernetes-admin", CertificateSpec.client("kubernetes-admin", "system:masters"));
    String first = Files.readString(file);
    assertThat(first).contains("server: https://127.0.0.1:6443").contains("current-context: kubernetes-admin@kubernetes");
    pki.kubeconfig(file, "https://127.0.0.1:6443", "kubernetes-admin", CertificateSpec.client("kubernetes-admin", "system:masters"));
    assertThat(Files.readString(file)).isEqualTo(first);
    pki.kubeconfig(file, "https://127.0.0.1:7443", "kubernetes-admin", CertificateSpec.client("kubernetes-admin", "system:masters"));
    assertThat(Files.readString(file)).contains("server: https://127.0.0.1:7443");
  }

  @Test
  void a_file_that_is_no_key_is_named_in_the_error() throws Exception {
    Path file = directory.resolve("x.key");
    Files.writeString(file, "nothing");
    assertThatThrownBy(() -> PemFiles.privateKey(file)).isInstanceOf(PkiException.class).hasMessageContaining("x.key");
    assertThatThrownBy(() -> PemFiles.certificates(directory.resolve("none.crt"))).hasMessageContaining("no such file or directory");
  }
}
