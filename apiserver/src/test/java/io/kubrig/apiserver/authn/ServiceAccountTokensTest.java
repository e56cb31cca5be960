package io.kubrig.apiserver.authn;

import static io.kubrig.apiserver.authz.FakeObjects.tree;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.apiserver.authz.FakeObjects;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.tree.Tree;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceAccountTokensTest {
  private static final String ISSUER = "https://issuer";

  private final FakeObjects objects = new FakeObjects();
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final List<Tree> used = new ArrayList<>();
  private ServiceAccountTokens tokens;
  private TokenRequests requests;

  @BeforeEach
  void make() throws Exception {
    use("RSA", 2048);
    objects.put("", "serviceaccounts", tree("{'metadata':{'name':'s','namespace':'ns','uid':'u1'}}"));
    objects.put("", "pods", tree("{'metadata':{'name':'p','namespace':'ns','uid':'u2'},'spec':{'serviceAccountName':'s','nodeName':'n'}}"));
  }

  private void use(String algorithm, int size) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    KeyPair pair = generator.generateKeyPair();
    ServiceAccountKeys keys = ServiceAccountKeys.of(List.of(ISSUER), pair.getPrivate(), List.of(pair.getPublic()));
    tokens = new ServiceAccountTokens(keys, objects, clock, used::add);
    requests = new TokenRequests(keys, List.of(ISSUER), 0, true, objects, clock, () -> new UUID(1, 2));
  }

  private String issue(String spec) {
    Tree request = tree("{'kind':'TokenRequest','spec':" + spec + "}");
    requests.applyExpiration(request);
    requests.applyAudiences(request);
    return requests.issue(objects.get("", "serviceaccounts", "ns", "s").orElseThrow(), request).tree("status").string("token");
  }

  private Identity identify(String token) {
    return tokens.authenticate(token, List.of(ISSUER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA:2048", "EC:256", "EC:384", "EC:521"})
  void believes_what_it_issued(String key) throws Exception {
    use(key.split(":")[0], Integer.parseInt(key.split(":")[1]));
    Identity identity = identify(issue("{}"));
    assertThat(identity).isInstanceOfSatisfying(Identity.Known.class, known -> {
      assertThat(known.user().name()).isEqualTo("system:serviceaccount:ns:s");
      assertThat(known.user().uid()).isEqualTo("u1");
      assertThat(known.user().groups()).containsExactly("system:serviceaccounts", "system:serviceaccounts:ns");
      assertThat(known.user().extra()).containsEntry("authentication.kubernetes.io/credential-id", List.of("JTI=" + new UUID(1, 2)));
      assertThat(known.audiences()).containsExactly(ISSUER);
    });
  }

  @Test
  void names_the_pod_and_its_node_while_the_pod_lives() {
    String token = issue("{'boundObjectRef':{'kind':'Pod','apiVersion':'v1','name':'p'}}");
    assertThat(identify(token)).isInstanceOfSatisfying(Identity.Known.class, known ->
        assertThat(known.user().extra())
            .containsEntry("authentication.kubernetes.io/pod-name", List.of("p"))
            .containsEntry("authentication.kubernetes.io/node-name", List.of("n")));
    objects.remove("", "pods", "ns", "p");
    assertThat(identify(token)).isInstanceOf(Identity.Bad.class);
  }

  @Test
  void refuses_tokens_of_an_account_that_was_made_anew() {
    String token = issue("{}");
    objects.put("", "serviceaccounts", tree("{'metadata':{'name':'s','namespace':'ns','uid':'u9'}}"));
    assertThat(identify(token)).isInstanceOf(Identity.Bad.class);
  }

  @Test
  void refuses_expired_tokens() {
    String token = issue("{'expirationSeconds':600}");
    clock.advance(Duration.ofSeconds(650));
    assertThat(identify(token)).isInstanceOf(Identity.Known.class);
    clock.advance(Duration.ofSeconds(60));
    assertThat(identify(token)).isInstanceOf(Identity.Bad.class);
  }

  @Test
  void refuses_tokens_for_others() {
    assertThat(identify(issue("{'audiences':['other']}")))
        .isEqualTo(new Identity.Bad("[invalid bearer token, token audiences [\"other\"] is invalid for the target audiences "
            + "[\"https://issuer\"]]"));
  }

  @Test
  void refuses_tokens_with_another_signature_or_none() throws Exception {
    String token = issue("{}");
    assertThat(identify(token.substring(0, token.lastIndexOf('.') + 1))).isInstanceOf(Identity.Bad.class);
    assertThat(identify(token.substring(0, token.length() - 6) + "AAAAAA")).isInstanceOf(Identity.Bad.class);
    String none = "eyJhbGciOiJub25lIn0" + token.substring(token.indexOf('.'), token.lastIndexOf('.') + 1);
    assertThat(identify(none)).isInstanceOf(Identity.Bad.class);
    use("RSA", 2048);
    assertThat(identify(token)).isInstanceOf(Identity.Bad.class);
  }

  @Test
  void leaves_other_tokens_to_others() {
    assertThat(identify("admintoken")).isEqualTo(Identity.NOT_MINE);
    assertThat(identify("a.b.c")).isEqualTo(Identity.NOT_MINE);
  }

  @Test
  void notes_which_secrets_lend_their_tokens_and_refuses_those_marked_invalid() throws Exception {
    KeyPair pair = KeyPairGenerator.getInstance("RSA").generateKeyPair();
    ServiceAccountKeys keys = ServiceAccountKeys.of(List.of(ISSUER), pair.getPrivate(), List.of(pair.getPublic()));
    tokens = new ServiceAccountTokens(keys, objects, clock, used::add);
    String token = legacyToken(pair);
    String data = Base64.getEncoder().encodeToString(token.getBytes(UTF_8));
    objects.put("", "secrets", tree("{'metadata':{'name':'t','namespace':'ns'},'data':{'token':'" + data + "'}}"));
    assertThat(identify(token)).isInstanceOf(Identity.Known.class);
    assertThat(used).singleElement().isEqualTo(objects.get("", "secrets", "ns", "t").orElseThrow());

    String mark = "'labels':{'kubernetes.io/legacy-token-invalid-since':'2025-01-01'}";
    objects.put("", "secrets", tree("{'metadata':{'name':'t','namespace':'ns'," + mark + "},'data':{'token':'" + data + "'}}"));
    assertThat(identify(token)).isInstanceOfSatisfying(Identity.Bad.class, bad -> assertThat(bad.toString())
        .contains("the token in secret ns/t for service account ns/s has been marked invalid"));
    assertThat(used).hasSize(2);
  }

  /** As the token controller writes it into a Secret. */
  private static String legacyToken(KeyPair pair) throws Exception {
    String claims = """
        {"iss":"kubernetes/serviceaccount","sub":"system:serviceaccount:ns:s","kubernetes.io/serviceaccount/namespace":"ns",
        "kubernetes.io/serviceaccount/service-account.name":"s","kubernetes.io/serviceaccount/service-account.uid":"u1",
        "kubernetes.io/serviceaccount/secret.name":"t"}""";
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String signed = encoder.encodeToString("{\"alg\":\"RS256\"}".getBytes(UTF_8)) + "." + encoder.encodeToString(claims.getBytes(UTF_8));
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initSign(pair.getPrivate());
    signature.update(signed.getBytes(UTF_8));
    return signed + "." + encoder.encodeToString(signature.sign());
  }
}
