package io.kubrig.apiserver.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HookCredentialsTest {
  @TempDir Path directory;

  private HookCredentials credentials(String users) throws IOException {
    Path file = directory.resolve("kubeconfig");
    Files.writeString(file, "apiVersion: v1\nkind: Config\nusers:\n" + users);
    return HookCredentials.configured(Tree.of("kubeConfigFile", file.toString()));
  }

  private static String user(String name, String token) {
    return "- name: '" + name + "'\n  user: {token: " + token + "}\n";
  }

  private static String shown(HookCredentials credentials, String namespace, String name, int port) {
    return credentials.of(new ClientConfig.Service(namespace, name, port, "", "")).authorization().orElse("");
  }

  @Test
  void the_nearest_name_decides() throws IOException {
    HookCredentials credentials =
        credentials(user("a.ns.svc:8443", "exact") + user("*.ns.svc:8443", "domain") + user("b.ns.svc", "host") + user("*", "any"));
    assertThat(shown(credentials, "ns", "a", 8443)).isEqualTo("Bearer exact");
    assertThat(shown(credentials, "ns", "c", 8443)).isEqualTo("Bearer domain");
    assertThat(shown(credentials, "ns", "b", 443)).isEqualTo("Bearer host");
    assertThat(shown(credentials, "other", "b", 8443)).isEqualTo("Bearer any");
    assertThat(credentials.of(new ClientConfig.Url(URI.create("https://hooks.example.com/x"), "")).authorization()).contains("Bearer any");
  }

  @Test
  void the_current_context_is_for_the_rest_and_nobody_is_nobody() throws IOException {
    String context = "current-context: c\ncontexts: [{name: c, context: {user: me}}]\n";
    assertThat(shown(credentials(user("me", "mine") + context), "ns", "a", 443)).isEqualTo("Bearer mine");
    assertThat(shown(credentials(user("me", "mine")), "ns", "a", 443)).isEmpty();
    assertThat(shown(HookCredentials.NONE, "ns", "a", 443)).isEmpty();
  }

  @Test
  void a_relative_path_is_refused() {
    assertThatThrownBy(() -> HookCredentials.configured(Tree.of("kubeConfigFile", "kubeconfig")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("kubeConfigFile: Invalid value: \"kubeconfig\": must be an absolute file path");
  }

  @Test
  void a_webhook_is_shown_them() throws Exception {
    try (FakeHook hook = new FakeHook(review -> FakeHook.response(review, "allowed", true));
        HookClient client =
            new HookClient(
                (namespace, name, port) -> {
                  throw new ServiceResolver.UnresolvedException("none");
                },
                Clock.system())) {
      HookCredentials credentials = credentials(user(hook.url().substring("https://".length()), "secret"));
      ClientConfig config = new ClientConfig.Url(URI.create(hook.url()), FakeHook.caBundle());
      Tree review = Tree.of("apiVersion", "admission.k8s.io/v1", "request", Tree.of("uid", "u"));
      client.post(config, credentials, review, Duration.ofSeconds(10));
      client.post(config, review, Duration.ofSeconds(10));
      assertThat(hook.authorizations()).containsExactly("Bearer secret", "null");
    }
  }
}
