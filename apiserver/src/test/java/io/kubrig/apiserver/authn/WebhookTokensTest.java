package io.kubrig.apiserver.authn;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.remote.RemoteServer;
import io.kubrig.apiserver.remote.ReviewCalls;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhookTokensTest {
  private static final Duration LIFE = Duration.ofMinutes(2);

  @TempDir Path directory;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));

  private WebhookTokens tokens(FakeHook hook) throws Exception {
    Path file = directory.resolve("webhook.conf");
    Files.writeString(
        file,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: '%s/authenticate', certificate-authority-data: %s}}]
        users: [{name: u, user: {token: secret}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """
            .formatted(hook.url(), FakeHook.caBundle()));
    return new WebhookTokens(new ReviewCalls(RemoteServer.of(file), Duration.ofSeconds(60), clock, new Random(1)), "v1", LIFE, clock);
  }

  private static Tree authenticated(Tree review) {
    Tree user =
        Tree.of(
            "username", "jane", "uid", "42", "groups", new ArrayList<Object>(List.of("dev")), "extra",
            Tree.of("scopes", new ArrayList<Object>(List.of("a"))));
    return review.set("status", Tree.of("authenticated", true, "user", user));
  }

  @Test
  void asks_with_a_review_and_remembers_the_answer_for_a_while() throws Exception {
    try (FakeHook hook = new FakeHook(WebhookTokensTest::authenticated)) {
      WebhookTokens tokens = tokens(hook);
      Identity expected = new Identity.Known(new UserInfo("jane", "42", List.of("dev"), Map.of("scopes", List.of("a"))), List.of("api"));
      assertThat(tokens.authenticate("t", List.of("api"))).isEqualTo(expected);
      assertThat(tokens.authenticate("t", List.of("api"))).isEqualTo(expected);
      assertThat(hook.reviews()).hasSize(1);
      assertThat(hook.uris()).containsExactly("/authenticate");
      Tree review = hook.reviews().getFirst();
      assertThat(review.string("apiVersion")).isEqualTo("authentication.k8s.io/v1");
      assertThat(review.tree("spec")).isEqualTo(Tree.of("token", "t", "audiences", new ArrayList<Object>(List.of("api"))));
      clock.advance(LIFE.plusSeconds(1));
      tokens.authenticate("t", List.of("api"));
      assertThat(hook.reviews()).hasSize(2);
    }
  }

  @Test
  void a_token_that_the_server_does_not_know_is_somebody_elses_to_know() throws Exception {
    try (FakeHook hook = new FakeHook(review -> review.set("status", Tree.of("authenticated", false)))) {
      assertThat(tokens(hook).authenticate("t", List.of())).isEqualTo(Identity.NOT_MINE);
      hook.answer(review -> review.set("status", Tree.of("authenticated", false, "error", "revoked")));
      assertThat(tokens(hook).authenticate("t", List.of())).isEqualTo(new Identity.Bad("revoked"));
      hook.answer(review -> authenticated(review).need("status").set("audiences", new ArrayList<Object>(List.of("x"))) == null ? null
          : review);
      assertThat(tokens(hook).authenticate("t", List.of("api"))).isEqualTo(Identity.NOT_MINE);
    }
  }

  @Test
  void an_answer_that_is_no_review_is_bad_and_not_remembered() throws Exception {
    try (FakeHook hook = new FakeHook(review -> "nonsense")) {
      WebhookTokens tokens = tokens(hook);
      assertThat(tokens.authenticate("t", List.of())).isInstanceOf(Identity.Bad.class);
      hook.answer(WebhookTokensTest::authenticated);
      assertThat(tokens.authenticate("t", List.of())).isInstanceOf(Identity.Known.class);
    }
  }
}
