package io.kubrig.apiserver.kinds.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class IssuedCertificateTest {
  private static Optional<String> trouble(String pem) {
    return IssuedCertificate.trouble(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void nothing_is_no_trouble() {
    assertThat(IssuedCertificate.trouble("")).isEmpty();
  }

  @Test
  void there_must_be_certificates_and_nothing_else() {
    assertThat(trouble("x")).contains("must contain at least one CERTIFICATE PEM block");
    assertThat(trouble("-----BEGIN EC KEY-----\nAAAA\n-----END EC KEY-----\n"))
        .contains("only CERTIFICATE PEM blocks are allowed, found \"EC KEY\"");
    assertThat(trouble("-----BEGIN CERTIFICATE-----\nA: b\n\nAAAA\n-----END CERTIFICATE-----\n"))
        .contains("no PEM block headers are permitted");
    assertThat(trouble("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")).contains("x509: malformed certificate");
  }
}
