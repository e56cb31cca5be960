package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.authn.Identity;
import io.kubrig.apiserver.authn.Jwt;
import io.kubrig.apiserver.authn.TokenAuthenticator;
import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authn.oidc.JwtMapping.Source;
import io.kubrig.machinery.cel.CelProgram;
import io.kubrig.machinery.cel.CelProgram.EvaluationException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Knows the users of one issuer by its tokens. (Source: apiserver/plugin/pkg/authenticator/token/oidc.) */
public final class JwtTokens implements TokenAuthenticator, AutoCloseable {
  private static final Duration LEEWAY = Duration.ofMinutes(5);
  private static final String NOT_TEXT = "expression must return a string or a list of strings";

  private final Issuer issuer;
  private final JwtMapping mapping;
  private final IssuerKeys keys;
  private final DistributedClaims elsewhere;
  private final Clock clock;

  /** @param algorithms that signatures may be made with */
  record Issuer(String url, List<String> audiences, Set<String> algorithms) {}

  JwtTokens(Issuer issuer, JwtMapping mapping, IssuerKeys keys, DistributedClaims elsewhere, Clock clock) {
    this.issuer = issuer;
    this.mapping = mapping;
    this.keys = keys;
    this.elsewhere = elsewhere;
    this.clock = clock;
  }

  /** Why a token is not accepted. */
  private static final class Refused extends Exception {
    Refused(String message) {
      super("oidc: " + message, null, false, false);
    }
  }

  @Override
  public Identity authenticate(String token, List<String> wanted) {
    Optional<Jwt> parsed = Jwt.parse(token).filter(jwt -> issuerOf(jwt).equals(issuer.url));
    if (parsed.isEmpty()) {
      return Identity.NOT_MINE;
    }
    try {
      if (!keys.isReady()) {
        throw new Refused("authenticator not initialized");
      }
      verify(parsed.get());
      return new Identity.Known(user(withGroups(parsed.get().claims())));
    } catch (Refused | EvaluationException e) {
      return new Identity.Bad(e.getMessage());
    } catch (IOException e) {
      return new Identity.Bad("oidc: verify token: failed to verify signature: fetching keys " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Identity.Bad("oidc: interrupted");
    }
  }

  /** Google names itself in two ways. */
  private static String issuerOf(Jwt token) {
    String issuer = token.claims().string("iss");
    return issuer.equals("accounts.google.com") ? "https://accounts.google.com" : issuer;
  }

  // ---- the token -----------------------------------------------------------------------------------------------------

  private void verify(Jwt token) throws Refused, IOException, InterruptedException {
    String fault = fault(token, keys);
    if (!fault.isEmpty()) {
      throw new Refused("verify token: " + fault);
    }
  }

  /** What is wrong with a token of the issuer whose keys these are, "" for nothing. */
  private String fault(Jwt token, IssuerKeys signers) throws IOException, InterruptedException {
    List<String> audiences = token.audiences();
    if (issuer.audiences.stream().noneMatch(audiences::contains)) {
      return "oidc: expected audience in " + issuer.audiences + " got " + audiences;
    }
    Instant now = clock.now();
    if (!(token.claims().get("exp") instanceof Number expiry) || now.getEpochSecond() > expiry.longValue()) {
      return "oidc: token is expired";
    }
    if (token.claims().get("nbf") instanceof Number from && now.plus(LEEWAY).getEpochSecond() < from.longValue()) {
      return "oidc: current time " + now + " before the nbf (not before) time: " + Instant.ofEpochSecond(from.longValue());
    }
    if (!issuer.algorithms.contains(token.algorithm())) {
      return "oidc: id token signed with unsupported algorithm, expected " + issuer.algorithms.stream().sorted().toList() + " got \""
          + token.algorithm() + "\"";
    }
    return signers.signed(token) ? "" : "failed to verify signature: failed to verify id token signature";
  }

  /** Groups are looked for elsewhere only where a claim names them. */
  private Tree withGroups(Tree claims) throws Refused, InterruptedException {
    if (!(mapping.groups().orElse(null) instanceof Source.Claim groups)) {
      return claims;
    }
    try {
      return elsewhere.expanded(claims, groups.name(), this::fault);
    } catch (IOException e) {
      throw new Refused("could not expand distributed claims: " + e.getMessage());
    }
  }

  // ---- the user ------------------------------------------------------------------------------------------------------

  private UserInfo user(Tree claims) throws Refused, EvaluationException {
    String name = username(claims);
    UserInfo user = new UserInfo(name, uid(claims), groups(claims), extra(claims));
    for (JwtMapping.RequiredClaim rule : mapping.required()) {
      if (!claims.has(rule.claim())) {
        throw new Refused("required claim " + rule.claim() + " not present in ID token");
      }
      String value = text(claims, rule.claim(), "claim " + rule.claim());
      if (!value.equals(rule.value())) {
        throw new Refused("required claim " + rule.claim() + " value does not match. Got = " + value + ", want = " + rule.value());
      }
    }
    for (JwtMapping.Rule rule : mapping.claimRules()) {
      check(rule, ClaimExpressions.evaluate(rule.program(), claims), "error evaluating claim validation expression");
    }
    for (JwtMapping.Rule rule : mapping.userRules()) {
      check(rule, ClaimExpressions.evaluate(rule.program(), user), "error evaluating user info validation rule");
    }
    return user;
  }

  private static void check(JwtMapping.Rule rule, Object value, String failure) throws Refused {
    if (!Boolean.TRUE.equals(value)) {
      throw new Refused(failure + ": validation expression '" + rule.expression() + "' failed: " + rule.message());
    }
  }

  private static String text(Tree claims, String claim, String what) throws Refused {
    if (claims.get(claim) instanceof String text) {
      return text;
    }
    throw new Refused("parse " + what + ": "
        + (claims.has(claim) ? "json: cannot unmarshal into Go value of type string" : "claim not present"));
  }

  private String username(Tree claims) throws Refused, EvaluationException {
    return switch (mapping.username()) {
      case Source.Expression expression -> {
        Object value = ClaimExpressions.evaluate(expression.program(), claims);
        if (!(value instanceof String name)) {
          throw new Refused("error evaluating username claim expression: username claim expression must return a string");
        }
        if (name.isEmpty()) {
          throw new Refused("empty username via CEL expression is not allowed");
        }
        yield name;
      }
      case Source.Claim claim -> {
        String name = text(claims, claim.name(), "username claims \"" + claim.name() + "\"");
        if (claim.name().equals("email") && claims.has("email_verified")) {
          verifiedEmail(claims.get("email_verified"));
        }
        yield claim.prefix() + name;
      }
    };
  }

  private static void verifiedEmail(Object verified) throws Refused {
    if (!(verified instanceof Boolean flag)) {
      throw new Refused("parse 'email_verified' claim: json: cannot unmarshal into Go value of type bool");
    }
    if (!flag) {
      throw new Refused("email not verified");
    }
  }

  private List<String> groups(Tree claims) throws Refused, EvaluationException {
    if (mapping.groups().isEmpty()) {
      return List.of();
    }
    return switch (mapping.groups().get()) {
      case Source.Expression expression -> strings(expression.program(), claims, "error evaluating group claim expression");
      case Source.Claim claim -> {
        if (!claims.has(claim.name())) {
          yield List.of();
        }
        List<String> groups = new ArrayList<>();
        List<?> values = claims.get(claim.name()) instanceof List<?> list ? list
            : Collections.singletonList(claims.get(claim.name()));
        for (Object value : values) {
          if (!(value instanceof String group)) {
            throw new Refused("parse groups claim \"" + claim.name() + "\": json: cannot unmarshal into Go value of type string");
          }
          groups.add(claim.prefix() + group);
        }
        yield groups;
      }
    };
  }

  private String uid(Tree claims) throws Refused, EvaluationException {
    if (mapping.uid().isEmpty()) {
      return "";
    }
    return switch (mapping.uid().get()) {
      case Source.Claim claim -> text(claims, claim.name(), "uid claim \"" + claim.name() + "\"");
      case Source.Expression expression -> {
        if (ClaimExpressions.evaluate(expression.program(), claims) instanceof String uid) {
          yield uid;
        }
        throw new Refused("error evaluating uid claim expression: uid claim expression must return a string");
      }
    };
  }

  private Map<String, List<String>> extra(Tree claims) throws Refused, EvaluationException {
    Map<String, List<String>> extra = new LinkedHashMap<>();
    if (claims.get("jti") instanceof String id && !id.isEmpty()) {
      extra.put("authentication.kubernetes.io/credential-id", List.of("JTI=" + id));
    }
    for (JwtMapping.Extra entry : mapping.extra()) {
      List<String> values = strings(entry.program(), claims, "error evaluating extra claim expression: " + entry.expression());
      if (!values.isEmpty()) {
        extra.put(entry.key(), values);
      }
    }
    return extra;
  }

  private static List<String> strings(CelProgram program, Tree claims, String failure) throws Refused, EvaluationException {
    Object value = ClaimExpressions.evaluate(program, claims);
    if (value == null || value == dev.cel.common.values.NullValue.NULL_VALUE || value == com.google.protobuf.NullValue.NULL_VALUE) {
      return List.of();
    }
    List<?> values = value instanceof List<?> list ? list : List.of(value);
    List<String> found = new ArrayList<>();
    for (Object element : values) {
      if (!(element instanceof String text)) {
        throw new Refused(failure + ": " + NOT_TEXT);
      }
      if (!text.isEmpty()) {
        found.add(text);
      }
    }
    return found;
  }

  @Override
  public void close() {
    keys.close();
    elsewhere.close();
  }
}
