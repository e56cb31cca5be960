package io.kubrig.apiserver.authn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.security.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Verifies service account tokens: signature, issuer, times, audience, and that the account and the object to which a token is bound are
 * still the same. Only the signature's check is cached; everything that can change is looked up for each request. (Source:
 * pkg/serviceaccount.)
 */
public final class ServiceAccountTokens implements TokenAuthenticator {
  private static final String LEGACY_ISSUER = "kubernetes/serviceaccount";
  private static final String LEGACY = "kubernetes.io/serviceaccount/";
  private static final String INVALID_SINCE = "kubernetes.io/legacy-token-invalid-since";
  private static final Duration LEEWAY = Duration.ofMinutes(1);
  private static final String EXTRA = "authentication.kubernetes.io/";

  private final ServiceAccountKeys keys;
  private final ObjectReader objects;
  private final Clock clock;
  private final Consumer<Tree> secretUse;
  private final BoundedCache<Jwt> verified = new BoundedCache<>(4096);

  /** @param secretUse told of each Secret whose token is shown */
  public ServiceAccountTokens(ServiceAccountKeys keys, ObjectReader objects, Clock clock, Consumer<Tree> secretUse) {
    this.keys = keys;
    this.objects = objects;
    this.clock = clock;
    this.secretUse = secretUse;
  }

  @Override
  public Identity authenticate(String token, List<String> audiences) {
    Optional<Jwt> parsed = Jwt.parse(token);
    if (parsed.isEmpty()) {
      return Identity.NOT_MINE;
    }
    String issuer = parsed.get().claims().string("iss");
    boolean legacy = issuer.equals(LEGACY_ISSUER);
    if (!legacy && !keys.issuers().contains(issuer)) {
      return Identity.NOT_MINE;
    }
    String fingerprint = Secrets.fingerprint(token);
    Optional<Jwt> good = verified.get(fingerprint);
    if (good.isEmpty()) {
      if (!isSigned(parsed.get())) {
        return new Identity.Bad("invalid bearer token");
      }
      good = parsed;
      verified.put(fingerprint, parsed.get());
    }
    try {
      return legacy ? legacy(token, good.get(), audiences) : bound(good.get(), audiences);
    } catch (Stale stale) {
      return new Identity.Bad("[invalid bearer token, " + stale.getMessage() + "]");
    }
  }

  private boolean isSigned(Jwt token) {
    PublicKey named = keys.verifying().get(token.header().string("kid"));
    if (named != null) {
      return token.isSignedBy(named);
    }
    return keys.verifying().values().stream().anyMatch(token::isSignedBy);
  }

  /** A token that was good once. */
  private static final class Stale extends Exception {
    Stale(String why) {
      super(why, null, false, false);
    }
  }

  private Identity bound(Jwt token, List<String> audiences) throws Stale {
    Tree claims = token.claims();
    checkTimes(claims);
    List<String> common = commonAudiences(token.audiences(), audiences);
    Tree own = claims.tree("kubernetes.io");
    String namespace = own.string("namespace");
    String name = own.tree("serviceaccount").string("name");
    String uid = own.tree("serviceaccount").string("uid");
    if (!claims.string("sub").equals(userName(namespace, name))) {
      throw new Stale("service account subject does not match its claims");
    }
    checkSame("serviceaccounts", namespace, name, uid, "service account");
    Map<String, List<String>> extra = new LinkedHashMap<>();
    checkBound(own, namespace, extra);
    String id = claims.string("jti");
    if (!id.isEmpty()) {
      extra.put(EXTRA + "credential-id", List.of("JTI=" + id));
    }
    return new Identity.Known(new UserInfo(userName(namespace, name), uid, groups(namespace), extra), common);
  }

  private void checkBound(Tree own, String namespace, Map<String, List<String>> extra) throws Stale {
    Tree pod = own.tree("pod");
    Tree secret = own.tree("secret");
    Tree node = own.tree("node");
    if (!secret.isEmpty()) {
      checkSame("secrets", namespace, secret.string("name"), secret.string("uid"), "secret");
    }
    if (!pod.isEmpty()) {
      checkSame("pods", namespace, pod.string("name"), pod.string("uid"), "pod");
      extra.put(EXTRA + "pod-name", List.of(pod.string("name")));
      extra.put(EXTRA + "pod-uid", List.of(pod.string("uid")));
    }
    if (!node.isEmpty()) {
      if (pod.isEmpty()) {
        checkSame("nodes", "", node.string("name"), node.string("uid"), "node");
      }
      extra.put(EXTRA + "node-name", List.of(node.string("name")));
      if (!node.string("uid").isEmpty()) {
        extra.put(EXTRA + "node-uid", List.of(node.string("uid")));
      }
    }
  }

  private void checkTimes(Tree claims) throws Stale {
    Instant now = clock.now();
    if (claims.has("exp") && now.minus(LEEWAY).isAfter(Instant.ofEpochSecond(claims.integer("exp")))) {
      throw new Stale("service account token has expired");
    }
    if (claims.has("nbf") && now.plus(LEEWAY).isBefore(Instant.ofEpochSecond(claims.integer("nbf")))) {
      throw new Stale("service account token is not valid yet");
    }
  }

  private static List<String> commonAudiences(List<String> own, List<String> wanted) throws Stale {
    List<String> common = new ArrayList<>(wanted);
    common.retainAll(own);
    if (common.isEmpty() && !wanted.isEmpty()) {
      throw new Stale("token audiences " + quoted(own) + " is invalid for the target audiences " + quoted(wanted));
    }
    return common;
  }

  private static String quoted(List<String> values) {
    return "[" + String.join(" ", values.stream().map(value -> "\"" + value + "\"").toList()) + "]";
  }

  /** An object that has been deleted stays good for a minute, so that what runs on its behalf can end in order. */
  private void checkSame(String resource, String namespace, String name, String uid, String what) throws Stale {
    Optional<Tree> object = objects.get("", resource, namespace, name);
    Tree metadata = object.map(tree -> tree.tree("metadata")).orElse(Tree.empty());
    if (object.isEmpty() || !metadata.string("uid").equals(uid)) {
      throw new Stale(what + " token has been invalidated");
    }
    String deleted = metadata.string("deletionTimestamp");
    if (!deleted.isEmpty() && Instant.parse(deleted).plus(LEEWAY).isBefore(clock.now())) {
      throw new Stale(what + " token has been invalidated");
    }
  }

  private Identity legacy(String token, Jwt parsed, List<String> audiences) throws Stale {
    Tree claims = parsed.claims();
    String namespace = claims.string(LEGACY + "namespace");
    String name = claims.string(LEGACY + "service-account.name");
    String uid = claims.string(LEGACY + "service-account.uid");
    String secretName = claims.string(LEGACY + "secret.name");
    if (namespace.isEmpty() || name.isEmpty() || uid.isEmpty() || secretName.isEmpty()) {
      throw new Stale("legacy token lacks a claim");
    }
    Tree secret = objects.get("", "secrets", namespace, secretName).orElseThrow(() -> new Stale("Token has been invalidated"));
    String stored = new String(Base64.getDecoder().decode(secret.tree("data").string("token")), UTF_8);
    if (secret.tree("metadata").get("deletionTimestamp") != null || !Secrets.equal(stored, token)) {
      throw new Stale("Token has been invalidated");
    }
    checkSame("serviceaccounts", namespace, name, uid, "service account");
    secretUse.accept(secret);
    if (!secret.tree("metadata").tree("labels").string(INVALID_SINCE).isEmpty()) {
      throw new Stale(
          "the token in secret " + namespace + "/" + secretName + " for service account " + namespace + "/" + name
              + " has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the '"
              + INVALID_SINCE + "' label from the secret to temporarily allow use of this token");
    }
    return new Identity.Known(new UserInfo(userName(namespace, name), uid, groups(namespace), Map.of()), audiences);
  }

  static String userName(String namespace, String name) {
    return "system:serviceaccount:" + namespace + ":" + name;
  }

  static List<String> groups(String namespace) {
    return List.of("system:serviceaccounts", "system:serviceaccounts:" + namespace);
  }
}
