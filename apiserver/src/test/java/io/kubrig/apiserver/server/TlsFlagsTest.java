package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.http.ServerKeys;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFlagsTest {
  @Test
  void a_lowest_version_leaves_out_those_below() {
    assertThat(TlsFlags.protocols("")).containsExactly("TLSv1.3", "TLSv1.2");
    assertThat(TlsFlags.protocols("VersionTLS13")).containsExactly("TLSv1.3");
    assertThatThrownBy(() -> TlsFlags.protocols("1.3")).hasMessage("unknown tls version \"1.3\"");
  }

  @Test
  void named_suites_are_offered_beside_those_of_tls_13() {
    assertThat(TlsFlags.suites(List.of())).isEmpty();
    assertThat(TlsFlags.suites(List.of("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"))).hasSize(4).contains("TLS_AES_128_GCM_SHA256")
        .endsWith("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");
    assertThatThrownBy(() -> TlsFlags.suites(List.of("TLS_FOO"))).hasMessage("Cipher suite TLS_FOO not supported or doesn't exist");
  }

  @Test
  void a_key_for_names_has_two_files_and_what_it_is_for(@TempDir Path directory) throws Exception {
    KeyAndCertificate pair = CertificateAuthority.selfSigned("a", KeyKind.EC, Clock.system())
        .issue(CertificateSpec.server("s", List.of("a.example"), List.of()), KeyKind.EC);
    Path file = directory.resolve("pair.pem");
    PemFiles.write(file, PemFiles.text(pair.chain()) + PemFiles.text(pair.key()));
    List<ServerKeys.Named> named = TlsFlags.named(List.of(file + "," + file, file + ", " + file + ": *.a.example , b"));
    assertThat(named).extracting(ServerKeys.Named::names).containsExactly(List.of(), List.of("*.a.example", "b"));
    assertThat(named.getFirst().pair().certificate()).isEqualTo(pair.certificate());
    assertThatThrownBy(() -> TlsFlags.named(List.of("a,b:")))
        .hasMessage("invalid argument \"a,b:\" for \"--tls-sni-cert-key\" flag: empty names list is not allowed");
    assertThatThrownBy(() -> TlsFlags.named(List.of("a")))
        .hasMessage("invalid argument \"a\" for \"--tls-sni-cert-key\" flag: expected comma separated certificate and key file paths");
    assertThatThrownBy(() -> TlsFlags.named(List.of(file + "," + directory.resolve("none"))))
        .isInstanceOf(FlagException.class).hasMessageStartingWith("failed to load SNI cert and key: ");
  }
}
