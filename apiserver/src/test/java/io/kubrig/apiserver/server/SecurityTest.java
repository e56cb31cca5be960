package io.kubrig.apiserver.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.FakeObjects;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.server.SecuritySettings.Mode;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyKind;
import java.security.KeyPair;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SecurityTest {
  private Consumer<List<Mode>> change;
  private boolean closed;

  private Security security(List<Mode> first) {
    KeyPair signing = KeyKind.EC.generate();
    Mode followed =
        new Mode.Followed(
            first,
            use -> {
              change = use;
              return () -> closed = true;
            });
    SecuritySettings settings =
        new SecuritySettings(
            Optional.empty(), List.of(), Optional.empty(), false, true,
            ServiceAccountKeys.of(List.of("https://kubernetes"), signing.getPrivate(), List.of(signing.getPublic())),
            List.of("https://kubernetes"), Duration.ZERO, true, List.of(followed));
    return new Security(settings, new FakeObjects(), Clock.system(), RandomGenerator.getDefault(), new LegacyTokenTracking(() -> null,
        Clock.system()));
  }

  private static Verdict.Decision decision(Security security) {
    return security.authorizer().authorize(Attributes.path(UserInfo.of("alice"), "get", "/x")).decision();
  }

  @Test
  void a_changed_list_of_authorizers_decides_from_then_on() {
    try (Security security = security(List.of(Mode.RBAC, Mode.ALWAYS_ALLOW))) {
      assertThat(decision(security)).isEqualTo(Verdict.Decision.ALLOW);
      change.accept(List.of(Mode.RBAC));
      assertThat(decision(security)).isEqualTo(Verdict.Decision.NO_OPINION);
    }
    assertThat(closed).isTrue();
  }

  @Test
  void an_authorizer_that_was_not_there_at_the_start_is_refused() {
    try (Security security = security(List.of(Mode.RBAC))) {
      assertThatThrownBy(() -> change.accept(List.of(Mode.RBAC, Mode.NODE)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("authorizer type Node is not allowed if it was not enabled at initial server startup");
      assertThat(decision(security)).isEqualTo(Verdict.Decision.NO_OPINION);
    }
  }
}
