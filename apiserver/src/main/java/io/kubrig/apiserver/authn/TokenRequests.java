package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The subresource serviceaccounts/token: issues tokens bound to an account and maybe to a pod, a secret or a node. (Source:
 * pkg/registry/core/serviceaccount.)
 */
public final class TokenRequests {
  private static final long MIN_SECONDS = 600;
  private static final long MAX_SECONDS = 1L << 32;

  /** A kubelet that asks for this many seconds gets a token that lives a year and warns after them. */
  private static final long EXTENDED_FOR = 3607;

  private static final long EXTENSION_SECONDS = 365L * 24 * 3600;

  private final ServiceAccountKeys keys;
  private final List<String> audiences;
  private final long maxSeconds;
  private final boolean extend;
  private final ObjectReader objects;
  private final Clock clock;
  private final Supplier<UUID> ids;

  /**
   * @param audiences of tokens that ask for none
   * @param maxSeconds {@code --service-account-max-token-expiration}, 0 for no limit
   * @param extend {@code --service-account-extend-token-expiration}
   */
  public TokenRequests(
      ServiceAccountKeys keys, List<String> audiences, long maxSeconds, boolean extend, ObjectReader objects, Clock clock,
          Supplier<UUID> ids) {
    this.keys = keys;
    this.audiences = List.copyOf(audiences);
    this.maxSeconds = maxSeconds;
    this.extend = extend;
    this.objects = objects;
    this.clock = clock;
    this.ids = ids;
  }

  /** Fills in how long a token lives when a TokenRequest does not say. */
  public void applyExpiration(Tree request) {
    request.need("spec").fill("expirationSeconds", 3600L);
  }

  /** Fails with 422 when a TokenRequest names another account than its path does. */
  public void checkName(Tree request, String account) {
    String name = request.tree("metadata").string("name");
    if (!name.isEmpty() && !name.equals(account)) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(FieldPath.of("metadata", "name"), name, "must match the service account name if specified");
      throw ApiException.invalid("authentication.k8s.io", "TokenRequest", account, errors);
    }
  }

  /** Fills in who a token is for when a TokenRequest does not say, which admission has seen. */
  public void applyAudiences(Tree request) {
    Tree spec = request.need("spec");
    if (spec.list("audiences").isEmpty()) {
      spec.set("audiences", new ArrayList<Object>(audiences));
    }
  }

  /**
   * Answers a TokenRequest (defaults filled in) for a stored account: the request with its status.
   *
   * @throws ApiException 422 for bad seconds, 400/404/409 for a bad bound object
   */
  public Tree issue(Tree account, Tree request) {
    Tree spec = request.tree("spec");
    long seconds = spec.integer("expirationSeconds");
    validate(spec, seconds);
    if (maxSeconds > 0 && seconds > maxSeconds) {
      seconds = maxSeconds;
    }
    Tree metadata = account.tree("metadata");
    Tree own = Tree.of("namespace", metadata.string("namespace"));
    if (spec.get("boundObjectRef") instanceof Tree reference) {
      bind(reference, metadata.string("namespace"), metadata.string("name"), own);
    }
    own.set("serviceaccount", reference(metadata));

    Instant now = clock.now().truncatedTo(ChronoUnit.SECONDS);
    Instant expires = now.plusSeconds(seconds);
    if (extend && own.has("pod") && seconds == EXTENDED_FOR && spec.strings("audiences").equals(audiences)) {
      own.set("warnafter", now.plusSeconds(seconds).getEpochSecond());
      expires = now.plusSeconds(EXTENSION_SECONDS);
    }
    Tree claims =
        Tree.of(
            "aud", new ArrayList<>(spec.list("audiences")),
            "exp", expires.getEpochSecond(),
            "iat", now.getEpochSecond(),
            "iss", keys.issuer(),
            "jti", ids.get().toString(),
            "kubernetes.io", own,
            "nbf", now.getEpochSecond(),
            "sub", ServiceAccountTokens.userName(metadata.string("namespace"), metadata.string("name")));
    Tree header = Tree.of("alg", Jwt.algorithmFor(keys.signing()), "kid", keys.signingKeyId());
    Tree answer = request.copy();
    Tree answerMetadata = answer.need("metadata");
    for (String field : List.of("name", "namespace", "uid")) {
      answerMetadata.set(field, metadata.string(field));
    }
    answerMetadata.set("creationTimestamp", now.toString());
    answer.need("spec").set("expirationSeconds", seconds);
    answer.need("spec").fill("boundObjectRef", null);
    answer.set("status", Tree.of("token", Jwt.sign(header, claims, keys.signing()), "expirationTimestamp", expires(now, expires, seconds)));
    return answer;
  }

  /** What the client is told: the time it asked for, also when the token lives longer. */
  private static String expires(Instant now, Instant expires, long seconds) {
    return (seconds == EXTENDED_FOR ? now.plusSeconds(seconds) : expires).toString();
  }

  private static void validate(Tree spec, long seconds) {
    FieldErrors errors = new FieldErrors();
    FieldPath path = FieldPath.of("spec", "expirationSeconds");
    if (seconds < MIN_SECONDS) {
      errors.invalid(path, seconds, "may not specify a duration less than 10 minutes");
    }
    if (seconds > MAX_SECONDS) {
      errors.invalid(path, seconds, "may not specify a duration larger than 2^32 seconds");
    }
    if (!errors.isEmpty()) {
      throw ApiException.invalid("authentication.k8s.io", "TokenRequest", "", errors);
    }
  }

  private void bind(Tree reference, String namespace, String account, Tree own) {
    String kind = reference.string("kind");
    String version = reference.string("apiVersion");
    String what = (version.contains("/") ? version : "/" + version) + ", Kind=" + kind;
    String resource =
        switch (version.contains("/") ? "" : kind) {
          case "Pod" -> "pods";
          case "Secret" -> "secrets";
          case "Node" -> "nodes";
          default -> throw ApiException.badRequest("cannot bind token to object of type " + what);
        };
    String name = reference.string("name");
    Tree object =
        objects
            .get("", resource, resource.equals("nodes") ? "" : namespace, name)
            .orElseThrow(() -> ApiException.notFound("", resource, name));
    if (kind.equals("Pod") && !account.equals(object.tree("spec").string("serviceAccountName"))) {
      throw ApiException.badRequest(
          "cannot bind token for serviceaccount \"" + account + "\" to pod running with different serviceaccount name.");
    }
    String uid = reference.string("uid");
    String actual = object.tree("metadata").string("uid");
    if (!uid.isEmpty() && !uid.equals(actual)) {
      throw ApiException.conflict("", kind, name, "the UID in the bound object reference (" + uid
          + ") does not match the UID in record. The object might have been deleted and then recreated");
    }
    own.set(kind.toLowerCase(Locale.ROOT), reference(object.tree("metadata")));
    if (kind.equals("Pod")) {
      bindNode(object.tree("spec").string("nodeName"), own);
    }
  }

  /** The node on which a pod runs is named too; its uid only when the node is there. */
  private void bindNode(String node, Tree own) {
    if (node.isEmpty()) {
      return;
    }
    Tree claim = Tree.of("name", node);
    objects.get("", "nodes", "", node).ifPresent(object -> claim.set("uid", object.tree("metadata").string("uid")));
    own.set("node", claim);
  }

  private static Tree reference(Tree metadata) {
    return Tree.of("name", metadata.string("name"), "uid", metadata.string("uid"));
  }
}
