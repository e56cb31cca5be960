package io.kubrig.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.webhook.FakeHook;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookAuthorizerTest {
  private static final UserInfo JANE = new UserInfo("jane", "7", List.of("dev"), Map.of("scope", List.of("a")));

  @TempDir Path directory;
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private FakeHook hook;

  @BeforeEach
  void start() throws Exception {
    hook = new FakeHook(review -> review.set("status", Tree.of("allowed", true, "reason", "because")));
  }

  @AfterEach
  void stop() {
    hook.close();
  }

  private Path kubeconfig() throws IOException {
    Path file = directory.resolve("webhook.conf");
    Files.writeString(
        file,
        """
        clusters: [{name: c, cluster: {server: '%s/authorize', certificate-authority-data: %s}}]
        contexts: [{name: x, context: {cluster: c, user: ''}}]
        current-context: x
        """
            .formatted(hook.url(), FakeHook.caBundle()));
    return file;
  }

  private AuthorizationConfiguration read(String authorizers) throws IOException {
    Path file = directory.resolve("authorization.yaml");
    Files.writeString(
        file, "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthorizationConfiguration\nauthorizers: "
            + authorizers.replace("KUBECONFIG", kubeconfig().toString()));
    return AuthorizationConfiguration.read(file);
  }

  private static String webhook(String more) {
    return "[{type: Webhook, name: w, webhook: {timeout: 30s, subjectAccessReviewVersion: v1, failurePolicy: NoOpinion,"
        + " connectionInfo: {type: KubeConfigFile, kubeConfigFile: KUBECONFIG}" + more + "}}]";
  }

  private Authorizer authorizer(String more) throws IOException {
    return read(webhook(more)).authorizers().getFirst().webhook().orElseThrow().connect(clock, new Random(1));
  }

  private static Attributes pods(String verb) {
    return Attributes.resource(JANE, verb, "", "v1", "default", "pods", "log", "p");
  }

  @Test
  void asks_with_a_review_of_the_request_and_remembers_the_answer() throws IOException {
    Authorizer authorizer = authorizer(", unauthorizedTTL: 10s");
    assertThat(authorizer.authorize(pods("get"))).isEqualTo(Verdict.allow("because"));
    assertThat(authorizer.authorize(pods("get")).allows()).isTrue();
    assertThat(hook.reviews()).hasSize(1);
    Tree expected =
        Tree.of(
            "resourceAttributes",
            Tree.of("namespace", "default", "verb", "get", "version", "v1", "resource", "pods", "subresource", "log", "name", "p"),
            "user", "jane",
            "groups", new ArrayList<Object>(List.of("dev")),
            "extra", Tree.of("scope", new ArrayList<Object>(List.of("a"))),
            "uid", "7");
    assertThat(hook.reviews().getFirst().tree("spec")).isEqualTo(expected);
    hook.answer(review -> review.set("status", Tree.of("allowed", false, "denied", true, "reason", "no")));
    assertThat(authorizer.authorize(pods("delete"))).isEqualTo(Verdict.deny("no"));
    hook.answer(review -> review.set("status", Tree.of("allowed", false)));
    clock.advance(Duration.ofSeconds(11));
    assertThat(authorizer.authorize(pods("get")).allows()).as("what is allowed is remembered for 5m").isTrue();
    assertThat(authorizer.authorize(pods("delete"))).isEqualTo(Verdict.noOpinion(""));
  }

  @Test
  void match_conditions_spare_the_webhook() throws IOException {
    Authorizer authorizer =
        authorizer(
            ", matchConditionSubjectAccessReviewVersion: v1, matchConditions: [{expression: 'has(request.resourceAttributes)'},"
                + " {expression: \"request.resourceAttributes.verb == 'get' && 'dev' in request.groups\"}]");
    assertThat(authorizer.authorize(pods("list"))).isEqualTo(Verdict.noOpinion(""));
    assertThat(authorizer.authorize(Attributes.path(JANE, "get", "/healthz"))).isEqualTo(Verdict.noOpinion(""));
    assertThat(hook.reviews()).isEmpty();
    assertThat(authorizer.authorize(pods("get")).allows()).isTrue();
  }

  @Test
  void a_server_that_fails_gives_what_the_failure_policy_says_and_is_not_remembered() throws IOException {
    hook.status(403);
    Authorizer open = authorizer("");
    assertThat(open.authorize(pods("get"))).isEqualTo(Verdict.failed(Verdict.Decision.NO_OPINION, "the server answered 403"));
    Authorizer union = Authorizer.union(List.of(open, Authorizer.alwaysAllow()));
    assertThat(union.authorize(pods("get")).allows()).as("the next one may allow").isTrue();
    assertThat(Authorizer.union(List.of(open)).authorize(pods("get")).error()).isEqualTo("the server answered 403");
    Authorizer closed = read(webhook("").replace("NoOpinion", "Deny")).authorizers().getFirst().webhook().orElseThrow()
        .connect(clock, new Random(1));
    assertThat(closed.authorize(pods("get")).decision()).isEqualTo(Verdict.Decision.DENY);
    hook.status(200);
    assertThat(closed.authorize(pods("get")).allows()).isTrue();
  }

  @Test
  void a_configuration_keeps_the_order_of_its_authorizers() throws IOException {
    AuthorizationConfiguration configuration = read("[{type: RBAC, name: a}, {type: Node, name: b}]");
    assertThat(configuration.authorizers().stream().map(AuthorizationConfiguration.Entry::type)).containsExactly("RBAC", "Node");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[]|authorizers: Required value: at least one authorization mode must be defined",
        "[{type: Nope, name: a}]|authorizers[0].type: Unsupported value: \"Nope\"",
        "[{type: RBAC, name: a}, {type: RBAC, name: b}]|authorizers[1].type: Duplicate value: \"RBAC\"",
        "[{type: RBAC}]|authorizers[0].name: Required value",
        "[{type: RBAC, name: a, webhook: {}}]|authorizers[0].webhook: Invalid value: \"non-null\": may only be specified when type=Webhook",
        "[{type: Webhook, name: a}]|authorizers[0].webhook: Required value: required when type=Webhook",
        "[{type: Webhook, name: a, webhook: {timeout: 31s}}]|authorizers[0].timeout: Invalid value: \"31s\": must be > 0s and <= 30s",
        "[{type: Webhook, name: a, webhook: {failurePolicy: Maybe}}]|authorizers[0].failurePolicy: Unsupported value: \"Maybe\": "
            + "supported values: \"NoOpinion\", \"Deny\"",
        "[{type: Webhook, name: a, webhook: {matchConditions: [{expression: "
            + "'request.'}]}}]|authorizers[0].matchConditions[0].expression: Invalid value: \"request.\": compilation failed: ERROR: "
            + "<input>:1:9: Syntax error:",
        "[{type: Webhook, name: a, webhook: {matchConditions: [{expression: request.user}]}}]|must evaluate to bool but got string",
      })
  void what_is_wrong_is_said_in_natives_words(String authorizers, String message) {
    assertThatThrownBy(() -> read(authorizers)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
  }
}
