package io.kubrig.apiserver.authz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubrig.apiserver.authn.UserInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbacPolicyTest {
  private static final String POLICY = "{\"apiVersion\":\"abac.authorization.kubernetes.io/v1beta1\",\"kind\":\"Policy\",\"spec\":%s}";

  @TempDir Path directory;

  private AbacPolicy policy(String... lines) throws IOException {
    Path file = directory.resolve("policy.jsonl");
    Files.write(file, List.of(lines));
    return AbacPolicy.read(file);
  }

  private static String v1beta1(String spec) {
    return POLICY.formatted(spec.replace('\'', '"'));
  }

  private static Attributes resource(UserInfo user, String verb, String group, String namespace, String resource) {
    return Attributes.resource(user, verb, group, "v1", namespace, resource, "", "");
  }

  @Test
  void a_line_allows_its_user_what_it_names() throws IOException {
    AbacPolicy policy = policy("# a comment", "",
        v1beta1("{'user':'bob','namespace':'a','resource':'pods','apiGroup':'','readonly':true}"));
    UserInfo bob = UserInfo.of("bob", "system:authenticated");
    assertThat(policy.authorize(resource(bob, "list", "", "a", "pods")).allows()).isTrue();
    assertThat(policy.authorize(resource(bob, "create", "", "a", "pods"))).isEqualTo(Verdict.noOpinion("No policy matched."));
    assertThat(policy.authorize(resource(bob, "list", "", "b", "pods")).allows()).isFalse();
    assertThat(policy.authorize(resource(bob, "list", "apps", "a", "pods")).allows()).isFalse();
    assertThat(policy.authorize(resource(UserInfo.of("eve", "system:authenticated"), "list", "", "a", "pods")).allows()).isFalse();
    assertThat(policy.authorize(Attributes.path(bob, "get", "/healthz")).allows()).isFalse();
  }

  @Test
  void stars_stand_for_everything_and_for_everybody_who_is_known() throws IOException {
    AbacPolicy policy =
        policy(
            v1beta1("{'group':'ops','namespace':'*','resource':'*','apiGroup':'*'}"),
                v1beta1("{'user':'*','nonResourcePath':'/api/*','readonly':true}"));
    assertThat(policy.authorize(resource(UserInfo.of("x", "ops"), "delete", "apps", "n", "deployments")).allows()).isTrue();
    UserInfo anybody = UserInfo.of("y", "system:authenticated");
    assertThat(policy.authorize(Attributes.path(anybody, "get", "/api/v1")).allows()).isTrue();
    assertThat(policy.authorize(Attributes.path(anybody, "get", "/apis")).allows()).isFalse();
    assertThat(policy.authorize(Attributes.path(UserInfo.of("system:anonymous", "system:unauthenticated"), "get", "/api/v1")).allows())
        .isFalse();
  }

  @Test
  void in_a_line_without_version_what_is_not_said_means_everything() throws IOException {
    AbacPolicy policy = policy("{\"user\":\"alice\"}", "{\"user\":\"bob\",\"resource\":\"pods\",\"readonly\":true}");
    UserInfo alice = UserInfo.of("alice");
    assertThat(policy.authorize(resource(alice, "delete", "apps", "n", "deployments")).allows()).isTrue();
    assertThat(policy.authorize(Attributes.path(alice, "post", "/x")).allows()).isTrue();
    assertThat(policy.authorize(Attributes.path(UserInfo.of("bob"), "get", "/x")).allows()).isFalse();
    assertThat(policy.rulesFor(UserInfo.of("bob"), "n").rules())
        .containsExactly(new PolicyRule(List.of("get", "list", "watch"), List.of("*"), List.of("pods"), List.of(), List.of()));
  }

  @Test
  void says_which_line_is_broken() {
    assertThatThrownBy(() -> policy("{\"user\":\"alice\"}", "{nonsense")).isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(", line 2: {nonsense: ");
  }
}
