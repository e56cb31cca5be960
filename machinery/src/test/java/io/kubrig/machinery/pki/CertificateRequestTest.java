package io.kubrig.machinery.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.VirtualClock;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {
  private static final VirtualClock CLOCK = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));

  /** Asks for a URI, an address, a mail address, a name, an address and a name, in this order. */
  private static final String MIXED = """
      -----BEGIN CERTIFICATE REQUEST-----
      MIIBQzCB6QIBADAwMRUwEwYDVQQKDAxzeXN0ZW06bm9kZXMxFzAVBgNVBAMMDnN5
      c3RlbTpub2RlOm43MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa3iaVIl6A0bU
      dshyrUOUv0EIoXfmk+Q7kOXlWTtqUbEDmeU6EL2vCa6JoFx1dqLOrTVaG3ZixOrM
      f80wQUD5MaBXMFUGCSqGSIb3DQEJDjFIMEYwRAYDVR0RBD0wO4YKc3BpZmZlOi8v
      eIcEwAACAYELYUBiLmV4YW1wbGWCAm43hxAgAQ24AAAAAAAAAAAAAAABggRuNy54
      MAoGCCqGSM49BAMCA0kAMEYCIQC8jUtQoJZ172JTi3BB6fXs37RFjH0mIY6AdKtC
      N3PJngIhAJunp6fIxGb+yw3jlNns5zXfO1A8V4lULjqtHGfU6pm0
      -----END CERTIFICATE REQUEST-----
      """;

  @Test
  void a_certificate_names_first_names_then_mail_then_addresses_then_uris() throws CertificateParsingException {
    CertificateRequest request = CertificateRequest.parse(MIXED);
    X509Certificate certificate = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, CLOCK)
        .sign(request, 0x80, List.of(), CLOCK.now(), CLOCK.now().plusSeconds(3600));

    assertThat(certificate.getSubjectAlternativeNames().stream().map(name -> String.valueOf(name.get(1))))
        .containsExactly("n7", "n7.x", "a@b.example", "192.0.2.1", "2001:db8:0:0:0:0:0:1", "spiffe://x");
  }

  private static void assertFault(String pem, String fault) {
    assertThatThrownBy(() -> CertificateRequest.parse(pem)).isInstanceOf(PkiException.class).hasMessage(fault).hasNoCause();
  }

  private static String pem(String content) {
    return "-----BEGIN CERTIFICATE REQUEST-----\n" + content + "-----END CERTIFICATE REQUEST-----\n";
  }

  @Test
  void what_is_wrong_is_told_in_native_words() {
    assertFault("x", "PEM block type must be CERTIFICATE REQUEST");
    assertFault(pem(""), "asn1: syntax error: sequence truncated");
    assertFault(pem("MAA=\n"), "asn1: syntax error: sequence truncated");
    assertFault(pem("MA==\n"), "asn1: syntax error: truncated tag or length");
    assertFault(pem("MIID\n"), "asn1: syntax error: truncated tag or length");
    assertFault(pem("MAUCAQ==\n"), "asn1: syntax error: data truncated");
    assertFault(MIXED.replace("6pm0", "6pm1"), "x509: ECDSA verification failure");
    assertFault(MIXED.replace("6pm0\n", "6pm0AAAA\n"), "asn1: syntax error: trailing data");
  }
}
