package io.kubrig.apiserver.kinds.certificates;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SubmittedRequestTest {
  private static final String GOOD = """
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
  private static final String NO_BLOCK = "PEM block type must be CERTIFICATE REQUEST";

  private static Optional<String> trouble(String pem) {
    return SubmittedRequest.trouble(Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void a_request_that_its_key_signed_is_no_trouble() {
    assertThat(trouble(GOOD)).isEmpty();
    assertThat(trouble("said before it\n" + GOOD + "and after it")).isEmpty();
    assertThat(trouble(GOOD.replace("\n", "\r\n"))).isEmpty();
  }

  @Test
  void there_must_be_a_block_of_that_kind_first() {
    assertThat(trouble("")).contains(NO_BLOCK);
    assertThat(trouble("x")).contains(NO_BLOCK);
    assertThat(trouble("-----BEGIN CERTIFICATE REQUEST-----\nMAA=")).contains(NO_BLOCK);
    assertThat(trouble(GOOD.replace("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"))).contains(NO_BLOCK);
    assertThat(trouble("-----BEGIN X-----\nAAAA\n-----END X-----\n" + GOOD)).contains(NO_BLOCK);
  }

  @Test
  void the_content_must_be_a_request_signed_by_its_key() {
    assertThat(trouble("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n"))
        .contains("asn1: syntax error: sequence truncated");
    assertThat(trouble(GOOD.replace("6pm0", "6pm1"))).contains("x509: ECDSA verification failure");
  }
}
