package io.kubrig.apiserver.authn.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import io.kubrig.apiserver.authn.Identity;
import io.kubrig.apiserver.authn.Jwt;
import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JwtTokensTest {
  private static final String CLAIMS = "claimMappings: {username: {claim: sub, prefix: 'oidc:'}, groups: {claim: groups, prefix: 'g:'}}";

  @TempDir Path directory;
  private FakeIssuer issuer;
  private TokenAuthenticator tokens;

  @BeforeEach
  void start() throws Exception {
    issuer = new FakeIssuer();
  }

  @AfterEach
  void stop() throws Exception {
    if (tokens instanceof JwtTokens open) {
      open.close();
    }
    issuer.close();
  }

  private AuthenticationConfiguration configuration(String rest) throws Exception {
    String text =
        """
        apiVersion: apiserver.config.k8s.io/v1
        kind: AuthenticationConfiguration
        jwt:
        - issuer: {url: '%s', audiences: [kube, other], audienceMatchPolicy: MatchAny, certificateAuthority: %s}
          %s
        """
            .formatted(issuer.url(), Json.text(FakeIssuer.authority()), rest.replace("\n", "\n  "));
    Path file = directory.resolve("authentication.yaml");
    Files.writeString(file, text);
    return AuthenticationConfiguration.read(file, List.of("https://kubernetes.default.svc"));
  }

  private void open(String rest, Set<String> algorithms) throws Exception {
    tokens = configuration(rest).authenticators(algorithms, Clock.system()).getFirst();
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (said(issuer.token(Map.of("aud", "kube", "sub", "x"))).contains("not initialized")) {
      assertThat(System.nanoTime()).as("the issuer was not discovered in time").isLessThan(end);
      Clock.system().sleep(Duration.ofMillis(20));
    }
  }

  private String said(String token) {
    return tokens.authenticate(token, List.of()) instanceof Identity.Bad bad ? bad.error() : "";
  }

  private UserInfo user(String token) {
    Identity identity = tokens.authenticate(token, List.of());
    assertThat(identity).isInstanceOf(Identity.Known.class);
    return ((Identity.Known) identity).user();
  }

  @Test
  void makes_a_user_of_claims_with_prefixes() throws Exception {
    open(CLAIMS, Jwt.algorithms());
    UserInfo user = user(issuer.token(Map.of("aud", List.of("x", "other"), "sub", "jane", "groups", List.of("dev", "ops"), "jti", "7")));
    assertThat(user)
        .isEqualTo(
            new UserInfo("oidc:jane", "", List.of("g:dev", "g:ops"),
                Map.of("authentication.kubernetes.io/credential-id", List.of("JTI=7"))));
    assertThat(user(issuer.token(JWSAlgorithm.PS256, Map.of("aud", "kube", "sub", "jane", "groups", "dev"))).groups())
        .containsExactly("g:dev");
  }

  @Test
  void leaves_tokens_of_other_issuers_to_others() throws Exception {
    open(CLAIMS, Jwt.algorithms());
    assertThat(tokens.authenticate(issuer.token(Map.of("iss", "https://else", "aud", "kube", "sub", "x")), List.of()))
        .isEqualTo(Identity.NOT_MINE);
    assertThat(tokens.authenticate("no-token", List.of())).isEqualTo(Identity.NOT_MINE);
  }

  @Test
  void refuses_what_is_not_signed_meant_or_valid() throws Exception {
    open(CLAIMS, Set.of("RS256"));
    Map<String, Object> good = Map.of("aud", "kube", "sub", "jane");
    String token = issuer.token(good);
    assertThat(said(token.substring(0, token.length() - 8) + "AAAAAAAA")).contains("failed to verify id token signature");
    assertThat(said(issuer.token(JWSAlgorithm.RS384, good))).contains("unsupported algorithm, expected [RS256] got \"RS384\"");
    assertThat(said(issuer.token(with(good, "aud", "nobody")))).contains("expected audience in [kube, other] got [nobody]");
    assertThat(said(issuer.token(with(good, "exp", new Date(1000))))).contains("token is expired");
    assertThat(said(issuer.token(with(good, "nbf", new Date(System.currentTimeMillis() + 900_000)))))
        .contains("before the nbf (not before) time");
    assertThat(said(issuer.token(with(good, "sub", 5)))).contains("oidc: parse username claims \"sub\"");
  }

  private static Map<String, Object> with(Map<String, Object> claims, String name, Object value) {
    Map<String, Object> changed = new HashMap<>(claims);
    changed.put(name, value);
    return changed;
  }

  @Test
  void reads_the_keys_again_when_the_issuer_signs_with_a_new_one() throws Exception {
    open(CLAIMS, Jwt.algorithms());
    user(issuer.token(Map.of("aud", "kube", "sub", "jane")));
    int before = issuer.keyReads();
    user(issuer.token(Map.of("aud", "kube", "sub", "jane")));
    assertThat(issuer.keyReads()).isEqualTo(before);
    issuer.rotate("two");
    user(issuer.token(Map.of("aud", "kube", "sub", "jane")));
    assertThat(issuer.keyReads()).isEqualTo(before + 1);
  }

  @Test
  void evaluates_expressions_over_claims_and_over_the_user() throws Exception {
    open(
        """
        claimValidationRules:
        - {expression: 'claims.level > 3', message: too low}
        - {claim: hd, requiredValue: example.com}
        claimMappings:
          username: {expression: '"u-" + claims.name'}
          groups: {expression: 'claims.roles.split(",")'}
          uid: {claim: oid}
          extra: [{key: example.com/tenant, valueExpression: claims.tenant}]
        userValidationRules:
        - {expression: '!user.username.startsWith("u-system")', message: reserved}""",
        Jwt.algorithms());
    Map<String, Object> good =
        Map.of("aud", "kube", "name", "jane", "roles", "a,b", "oid", "u1", "tenant", "t", "level", 4, "hd", "example.com");
    assertThat(user(issuer.token(good)))
        .isEqualTo(new UserInfo("u-jane", "u1", List.of("a", "b"), Map.of("example.com/tenant", List.of("t"))));
    assertThat(said(issuer.token(with(good, "level", 3)))).contains("validation expression 'claims.level > 3' failed: too low");
    assertThat(said(issuer.token(with(good, "hd", "x"))))
        .isEqualTo("oidc: required claim hd value does not match. Got = x, want = example.com");
    assertThat(said(issuer.token(with(good, "name", "system:admin")))).contains("error evaluating user info validation rule")
        .contains("failed: reserved");
    assertThat(said(issuer.token(with(good, "name", 7)))).isNotEmpty();
  }

  @Test
  void a_mail_address_has_to_be_verified() throws Exception {
    open("claimMappings: {username: {claim: email, prefix: ''}}", Jwt.algorithms());
    Map<String, Object> good = Map.of("aud", "kube", "email", "j@example.com");
    assertThat(user(issuer.token(good)).name()).isEqualTo("j@example.com");
    assertThat(said(issuer.token(with(good, "email_verified", false)))).isEqualTo("oidc: email not verified");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "claimMappings: {username: {claim: sub}}|jwt[0].claimMappings.username.prefix: Required value: prefix is required when claim is "
            + "set",
        "claimMappings: {}|jwt[0].claimMappings.username: Required value: claim or expression is required",
        "claimMappings: {username: {expression: 'claims.'}}|jwt[0].claimMappings.username.expression: Invalid value: \"claims.\": "
            + "compilation failed: ERROR: <input>:1:8: Syntax error:",
        "claimMappings: {username: {expression: claims.email}}|claims.email_verified must be used in claimMappings.username.expression",
        "claimMappings: {username: {expression: claims.sub}, extra: [{key: k8s.io/a, valueExpression: '1'}]}|k8s.io, kubernetes.io and "
            + "their subdomains are reserved",
        "claimMappings: {username: {expression: claims.sub}, extra: [{key: a, valueExpression: '1'}]}|must be a domain-prefixed path "
            + "(such as \"acme.io/foo\")",
        "{claimMappings: {username: {expression: claims.sub}}, claimValidationRules: [{expression: '\"x\"'}]}|must evaluate to bool",
      })
  void what_is_wrong_with_a_configuration_is_said_in_natives_words(String rest, String message) {
    String flat = rest.startsWith("{") ? rest.substring(1, rest.length() - 1).replace("}, claimV", "}\nclaimV") : rest;
    assertThatThrownBy(() -> configuration(flat)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(message);
  }

  @Test
  void asks_for_groups_elsewhere_when_the_token_says_where_they_are() throws Exception {
    open(CLAIMS, Jwt.algorithms());
    try (FakeIssuer other = new FakeIssuer()) {
      Map<String, Object> source = Map.of("endpoint", other.url() + "/groups", "access_token", "f005ba11");
      Map<String, Object> claims =
          Map.of("aud", "kube", "sub", "jane", "_claim_names", Map.of("groups", "src"), "_claim_sources", Map.of("src", source));
      other.claimed(other.token(Map.of("aud", "kube", "groups", List.of("dev"))));
      assertThat(user(issuer.token(claims)).groups()).containsExactly("g:dev");
      assertThat(user(issuer.token(with(claims, "groups", List.of("own")))).groups()).containsExactly("g:own");

      other.claimed(other.token(Map.of("aud", "nobody", "groups", List.of("dev"))));
      assertThat(said(issuer.token(claims)))
          .isEqualTo("oidc: could not expand distributed claims: verify distributed claim token: oidc: expected audience in [kube, other] "
              + "got [nobody]");
      other.claimed(other.token(Map.of("aud", "kube")));
      assertThat(said(issuer.token(claims))).endsWith("did not contain claim: groups");
      assertThat(said(issuer.token(with(claims, "_claim_sources", Map.of("src", Map.of("endpoint", other.url() + "/groups"))))))
          .contains("while getting distributed claim \"groups\": error while getting distributed claim JWT: 404");
    }
  }

  @Test
  void tells_what_is_wrong_with_the_names_of_distributed_claims() throws Exception {
    open(CLAIMS, Jwt.algorithms());
    Map<String, Object> claims = Map.of("aud", "kube", "sub", "jane", "_claim_names", Map.of("groups", "src"));
    assertThat(said(issuer.token(claims))).isEqualTo("oidc: could not expand distributed claims: oidc: no claim sources");
    assertThat(said(issuer.token(with(claims, "_claim_sources", Map.of("x", Map.of())))))
        .endsWith("id token _claim_names contained a source src missing in _claims_sources");
    assertThat(user(issuer.token(with(claims, "_claim_sources", Map.of("src", Map.of("JWT", "x"))))).groups()).isEmpty();
  }
}
