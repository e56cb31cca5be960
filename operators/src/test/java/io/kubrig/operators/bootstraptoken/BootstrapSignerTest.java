package io.kubrig.operators.bootstraptoken;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BootstrapSignerTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static BootstrapToken token(String id, boolean signs, Instant end) {
    return new BootstrapToken(id, "secret", signs, Optional.ofNullable(end));
  }

  @Test
  void tokens_that_may_sign_do_and_old_signatures_go() {
    Map<String, String> signed = BootstrapSigner.signed(Map.of("kubeconfig", "x", "jws-kubeconfig-old", "y", "note", "z"),
        List.of(token("aaaaaa", true, null), token("bbbbbb", false, null), token("cccccc", true, NOW)), NOW);
    assertThat(signed).containsOnlyKeys("kubeconfig", "note", "jws-kubeconfig-aaaaaa");
  }

  @Test
  void the_signature_has_no_payload() {
    assertThat(DetachedJws.sign("x", "aaaaaa", "secret").split("\\.", -1)).hasSize(3).satisfies(parts -> assertThat(parts[1]).isEmpty());
  }
}
