package io.kubrig.standalone.kubeadm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DiscoveryTest {
  private static final BootstrapToken TOKEN = BootstrapToken.parse("abcdef.0123456789abcdef");

  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-11-21T10:00:00Z"));
  private final CertificateAuthority authority = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, clock);
  private final ClusterInfo info = new ClusterInfo("https://192.0.2.1:6443", PemFiles.text(authority.own().chain()));
  private final PublicKeyPins pins = new PublicKeyPins(Set.of(PublicKeyPins.hash(authority.certificate())));
  private final Map<String, String> published = new HashMap<>();
  private final List<Optional<String>> asked = new ArrayList<>();

  @BeforeEach
  void publish() throws Exception {
    published.put("kubeconfig", info.kubeconfig());
    published.put("jws-kubeconfig-abcdef", sign(info.kubeconfig(), TOKEN));
  }

  private static String sign(String content, BootstrapToken token) throws Exception {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String header = base64.encodeToString(("{\"alg\":\"HS256\",\"kid\":\"" + token.id() + "\"}").getBytes(StandardCharsets.US_ASCII));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(token.secret().getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
    byte[] code = mac.doFinal((header + "." + base64.encodeToString(content.getBytes(StandardCharsets.US_ASCII)))
        .getBytes(StandardCharsets.US_ASCII));
    return header + ".." + base64.encodeToString(code);
  }

  private Discovery discovery() {
    return new Discovery((endpoint, trusted) -> {
      asked.add(trusted);
      return published;
    }, clock, Duration.ZERO);
  }

  private ClusterInfo discover(PublicKeyPins trusted) throws InterruptedException {
    return discovery().byToken("192.0.2.1:6443", TOKEN, trusted);
  }

  @Test
  void a_signature_known_from_elsewhere_is_valid_for_its_content_and_token_only() {
    BootstrapToken joshua = new BootstrapToken("joshua", "my voice is my passcode", "", Optional.empty(), List.of(), List.of());
    String content = "Hello from the other side. I must have called a thousand times.";
    String signature = "eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8";
    assertThat(ClusterInfo.isSignedBy(signature, content, joshua)).isTrue();
    assertThat(ClusterInfo.isSignedBy(signature, content + "!", joshua)).isFalse();
    assertThat(ClusterInfo.isSignedBy(signature, content, TOKEN)).isFalse();
  }

  @Test
  void the_server_is_asked_again_over_a_connection_that_its_pinned_authority_vouches_for() throws Exception {
    assertThat(discover(pins)).isEqualTo(info);
    assertThat(asked).containsExactly(Optional.empty(), Optional.of(info.authority()));
  }

  @Test
  void without_pins_whatever_is_signed_is_believed() throws Exception {
    assertThat(discover(PublicKeyPins.of(List.of()))).isEqualTo(info);
    assertThat(asked).hasSize(1);
  }

  @Test
  void a_wrong_token_is_refused() {
    assertThatThrownBy(() -> discovery().byToken("192.0.2.1:6443", BootstrapToken.parse("abcdef.aaaaaaaaaaaaaaaa"), pins))
        .isInstanceOf(StartException.class).hasMessage("couldn't validate the identity of the API Server: failed to verify JWS signature "
            + "of received cluster info object, can't trust this API Server");
    assertThatThrownBy(() -> discovery().byToken("192.0.2.1:6443", BootstrapToken.parse("fedcba.aaaaaaaaaaaaaaaa"), pins))
        .hasMessage("couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for "
            + "token ID \"fedcba\"");
  }

  @Test
  void another_authority_than_the_pinned_one_is_refused() {
    PublicKeyPins other = PublicKeyPins.of(List.of("sha256:" + "0".repeat(64)));
    assertThatThrownBy(() -> discover(other)).hasMessage("couldn't validate the identity of the API Server: cluster CA found in "
        + "cluster-info ConfigMap is invalid: none of the public keys \"" + PublicKeyPins.hash(authority.certificate()) + "\" are pinned");
  }

  @Test
  void a_changed_second_answer_is_refused() {
    Discovery discovery = new Discovery((endpoint, trusted) -> {
      Map<String, String> answer = new HashMap<>(published);
      trusted.ifPresent(any -> answer.put("kubeconfig", "another"));
      return answer;
    }, clock, Duration.ZERO);
    assertThatThrownBy(() -> discovery.byToken("192.0.2.1:6443", TOKEN, pins)).hasMessageContaining("was different from the first");
  }

  @Test
  void a_server_that_does_not_answer_is_named_when_time_is_up() {
    Discovery discovery = new Discovery((endpoint, trusted) -> {
      throw new StartException("Connection refused");
    }, clock, Duration.ZERO);
    assertThatThrownBy(() -> discovery.byToken("192.0.2.1:6443", TOKEN, pins))
        .hasMessage("couldn't validate the identity of the API Server: failed to request the cluster-info ConfigMap: Connection refused");
  }

  @Test
  void pins_that_are_none_are_refused() {
    assertThatThrownBy(() -> PublicKeyPins.of(List.of("abc"))).hasMessageContaining("expected \"format:hex-value\"");
    assertThatThrownBy(() -> PublicKeyPins.of(List.of("md5:00"))).hasMessageContaining("unknown hash format \"md5\"");
    assertThatThrownBy(() -> PublicKeyPins.of(List.of("sha256:00"))).hasMessageContaining("expected a 32 byte SHA-256 hash, found 1 bytes");
    assertThatThrownBy(() -> PublicKeyPins.of(List.of("sha256:" + "g".repeat(64)))).hasMessageContaining("could not decode SHA-256");
  }
}
