package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

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
}
