package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.security.KeyPair;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SigningRequestTest {
  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void a_request_says_who_asks_for_what_and_is_signed_by_its_key(KeyKind kind) {
    KeyPair pair = kind.generate();
    String pem = new SigningRequest("system:node:n1", List.of("system:nodes"), List.of("n1"),
        List.of(InetAddress.ofLiteral("192.0.2.1"))).signedBy(pair);

    CertificateRequest read = CertificateRequest.parse(pem);
    assertThat(read.commonName()).isEqualTo("system:node:n1");
    assertThat(read.organizations()).containsExactly("system:nodes");
    assertThat(read.names().dns()).containsExactly("n1");
    assertThat(read.names().addresses()).containsExactly(InetAddress.ofLiteral("192.0.2.1"));
    assertThat(read.key()).isEqualTo(pair.getPublic());
  }

  @ParameterizedTest
  @EnumSource(KeyKind.class)
  void a_request_of_a_client_has_no_names(KeyKind kind) {
    CertificateRequest read = CertificateRequest.parse(SigningRequest.client("u", "a", "b").signedBy(kind.generate()));
    assertThat(read.organizations()).containsExactly("a", "b");
    assertThat(read.names()).isEqualTo(CertificateRequest.Names.NONE);
  }
}
