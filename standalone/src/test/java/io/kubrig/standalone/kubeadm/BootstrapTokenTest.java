package io.kubrig.standalone.kubeadm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.component.StartException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTokenTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void a_new_token_has_the_form_of_one() {
    assertThat(BootstrapToken.generate(new Random(1)).text()).matches("[a-z0-9]{6}\\.[a-z0-9]{16}");
    assertThat(BootstrapToken.generate(new Random(1)).text()).isNotEqualTo(BootstrapToken.generate(new Random(2)).text());
  }

  @Test
  void the_secret_keeps_all_of_a_token() {
    BootstrapToken token = BootstrapToken.parse("abcdef.0123456789abcdef")
        .with("for the shop", Optional.of(NOW), List.of("authentication"), List.of("system:bootstrappers:shop"));
    assertThat(token.toSecret().getMetadata().getName()).isEqualTo("bootstrap-token-abcdef");
    assertThat(token.toSecret().getType()).isEqualTo("bootstrap.kubernetes.io/token");
    assertThat(token.toSecret().getData()).containsKeys("token-id", "token-secret", "expiration", "usage-bootstrap-authentication",
        "auth-extra-groups", "description").doesNotContainKey("usage-bootstrap-signing");
    assertThat(BootstrapToken.of(token.toSecret())).isEqualTo(token);
  }

  @Test
  void what_is_no_token_is_refused_with_the_form_of_one() {
    assertThatThrownBy(() -> BootstrapToken.parse("abc")).isInstanceOf(StartException.class)
        .hasMessageContaining("the bootstrap token \"abc\" was not of the form");
    BootstrapToken token = BootstrapToken.parse("abcdef.0123456789abcdef");
    assertThatThrownBy(() -> token.with("", Optional.empty(), List.of("singing"), List.of()))
        .hasMessageContaining("invalid bootstrap token usage string: singing");
    assertThatThrownBy(() -> token.with("", Optional.empty(), List.of("signing"), List.of("system:bootstrappers:a")))
        .hasMessage("token groups cannot be specified unless --usages includes \"authentication\"");
    assertThatThrownBy(() -> token.with("", Optional.empty(), List.of("authentication"), List.of("admins")))
        .hasMessageContaining("bootstrap group \"admins\" is invalid (must match");
  }

  @Test
  void a_table_tells_how_long_tokens_live() {
    BootstrapToken token = BootstrapToken.parse("abcdef.0123456789abcdef");
    BootstrapToken ending = token.with("d", Optional.of(NOW.plus(Duration.ofHours(23))), List.of("signing"), List.of());
    assertThat(TokenTable.of(List.of(token, ending), NOW).lines()).satisfiesExactly(
        header -> assertThat(header).matches("TOKEN +TTL +EXPIRES +USAGES +DESCRIPTION +EXTRA GROUPS"),
        first -> assertThat(first).matches(
            "abcdef\\.0123456789abcdef +<forever> +<never> +signing,authentication +<none> +" + BootstrapToken.NODES),
        second -> assertThat(second).matches("abcdef\\.0123456789abcdef +23h +2026-11-22T09:00:00Z +signing +d +<none>"));
    assertThat(TokenTable.of(List.of(), NOW)).isEmpty();
    assertThat(TokenTable.brief(Duration.ofSeconds(-5))).isEqualTo("<invalid>");
    assertThat(TokenTable.brief(Duration.ofDays(3))).isEqualTo("3d");
  }
}
