package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.authn.Jwt;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The claim on groups where a token only says from whom it can be had, as another token, which is asked for and verified with every
 * request. (Source: OpenID Connect Core 1.0, section 5.6.2; resolved for the one claim that names groups, as natively.)
 */
final class DistributedClaims implements AutoCloseable {
  private static final String NAMES = "_claim_names";
  private static final String SOURCES = "_claim_sources";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MAX_TOKEN = 1 << 20;

  private final HttpClient client;
  private final Clock clock;
  private final Map<String, IssuerKeys> issuers = new ConcurrentHashMap<>();

  /** @param client trusts those who sign the certificate of the issuer; it is used for all others, too */
  DistributedClaims(HttpClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /** What is wrong with a token, "" for nothing. */
  @FunctionalInterface
  interface Check {
    String fault(Jwt token, IssuerKeys keys) throws IOException, InterruptedException;
  }

  /**
   * The claims with that claim in them, if it is to be had elsewhere.
   *
   * @throws IOException when it is not had; the message says why
   */
  Tree expanded(Tree claims, String claim, Check check) throws IOException, InterruptedException {
    if (claims.has(claim) || !claims.has(NAMES)) {
      return claims;
    }
    if (!(claims.get(NAMES) instanceof Tree names)) {
      throw new IOException("oidc: error parsing distributed claim names: json: cannot unmarshal into Go value of type map[string]string");
    }
    if (!claims.has(SOURCES)) {
      throw new IOException("oidc: no claim sources");
    }
    if (!(claims.get(SOURCES) instanceof Tree sources)) {
      throw new IOException("oidc: could not parse claim sources: json: cannot unmarshal into Go value of type map[string]oidc.endpoint");
    }
    String name = names.string(claim);
    if (name.isEmpty()) {
      return claims;
    }
    if (!(sources.get(name) instanceof Tree source)) {
      throw new IOException("id token _claim_names contained a source " + name + " missing in _claims_sources");
    }
    String endpoint = source.string("endpoint");
    return endpoint.isEmpty() ? claims : claims.copy().set(claim, value(claim, endpoint, source.string("access_token"), check));
  }

  private Object value(String claim, String endpoint, String accessToken, Check check) throws IOException, InterruptedException {
    String text = fetched(claim, endpoint, accessToken);
    Jwt token =
        Jwt.parse(text).orElseThrow(
            () -> new IOException("getting untrusted issuer from endpoint " + endpoint + " failed for claim \"" + claim
                + "\": malformed token"));
    String issuer = token.claims().string("iss");
    IssuerKeys keys = issuers.computeIfAbsent(issuer, url -> new IssuerKeys(client, url, IssuerKeys.discovery(url), clock));
    keys.awaitAttempt();
    if (!keys.isReady()) {
      throw new IOException("verifying untrusted issuer " + issuer + " failed: verifier not initialized for issuer: \"" + issuer + "\"");
    }
    String fault = check.fault(token, keys);
    if (!fault.isEmpty()) {
      throw new IOException("verify distributed claim token: " + fault);
    }
    if (!token.claims().has(claim)) {
      throw new IOException("jwt returned by distributed claim endpoint \"" + endpoint + "\" did not contain claim: " + claim);
    }
    return token.claims().get(claim);
  }

  private String fetched(String claim, String endpoint, String accessToken) throws IOException, InterruptedException {
    String failure = "while getting distributed claim \"" + claim + "\": ";
    try {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(endpoint)).timeout(PATIENCE).GET();
      if (!accessToken.isEmpty()) {
        request.header("Authorization", "Bearer " + accessToken);
      }
      HttpResponse<byte[]> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_TOKEN));
      if (answer.statusCode() < 200 || answer.statusCode() > 226) {
        throw new IOException("error while getting distributed claim JWT: " + answer.statusCode());
      }
      return new String(answer.body(), StandardCharsets.UTF_8);
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException(failure + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    issuers.values().forEach(IssuerKeys::close);
  }
}
