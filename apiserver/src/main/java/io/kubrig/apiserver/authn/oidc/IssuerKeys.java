package io.kubrig.apiserver.authn.oidc;

import io.kubrig.apiserver.authn.Jwt;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of one issuer: where they are is discovered once (OpenID Connect Discovery 1.0), they are read when a signature needs one that
 * is not known. Nothing waits for the discovery; until it has succeeded no token is accepted.
 */
final class IssuerKeys implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final Duration RETRY = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Limits DOCUMENT = new Limits(1 << 20, 32, 100_000);
  private static final Map<String, String> CURVES = Map.of("P-256", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1");

  private final HttpClient client;
  private final String issuer;
  private final URI discovery;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch attempted = new CountDownLatch(1);
  private volatile URI keySet;
  private volatile List<Key> keys = List.of();

  /** @param id "" where the issuer gives none */
  private record Key(String id, PublicKey key) {}

  IssuerKeys(HttpClient client, String issuer, URI discovery, Clock clock) {
    this.client = client;
    this.issuer = issuer;
    this.discovery = discovery;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("oidc " + issuer).start(this::discover);
  }

  /** Where an issuer tells about itself when nobody says otherwise. */
  static URI discovery(String issuer) {
    return URI.create((issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer) + DISCOVERY);
  }

  private void discover() {
    try {
      while (keySet == null) {
        try {
          keySet = discovered(get(discovery));
        } catch (IOException | IllegalArgumentException e) {
          LOG.error("oidc authenticator: initializing plugin: {}", e.getMessage());
          attempted.countDown();
          clock.sleep(RETRY);
        }
      }
      attempted.countDown();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private URI discovered(Tree document) throws IOException {
    if (!document.string("issuer").equals(issuer)) {
      throw new IOException("oidc: issuer did not match the issuer returned by provider, expected \"" + issuer + "\" got \""
          + document.string("issuer") + "\"");
    }
    if (document.string("jwks_uri").isEmpty()) {
      throw new IOException("provider did not return JWKS URL");
    }
    return URI.create(document.string("jwks_uri"));
  }

  /** Waits until the issuer was discovered, or could not be for the first time. */
  void awaitAttempt() throws InterruptedException {
    attempted.await();
  }

  boolean isReady() {
    return keySet != null;
  }

  /** Whether one of the issuer's keys made the signature; an unknown key has them read again, by one request at a time. */
  boolean signed(Jwt token) throws IOException, InterruptedException {
    List<Key> known = keys;
    return verifies(token, known) || verifies(token, refreshed(known));
  }

  private static boolean verifies(Jwt token, List<Key> keys) {
    String id = token.header().string("kid");
    return keys.stream().anyMatch(key -> (id.isEmpty() || key.id.equals(id)) && token.isSignedBy(key.key));
  }

  private synchronized List<Key> refreshed(List<Key> seen) throws IOException, InterruptedException {
    if (keys == seen) {
      List<Key> read = new ArrayList<>();
      for (Tree key : get(keySet).trees("keys")) {
        try {
          read.add(new Key(key.string("kid"), key(key)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          LOG.debug("a key of {} is of no use: {}", issuer, e.getMessage());
        }
      }
      keys = List.copyOf(read);
    }
    return keys;
  }

  private static PublicKey key(Tree key) throws GeneralSecurityException {
    return switch (key.string("kty")) {
      case "RSA" -> KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e")));
      case "EC" -> {
        String curve = CURVES.get(key.string("crv"));
        if (curve == null) {
          throw new GeneralSecurityException("unknown curve " + key.string("crv"));
        }
        AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
        parameters.init(new ECGenParameterSpec(curve));
        ECPoint point = new ECPoint(number(key, "x"), number(key, "y"));
        yield KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, parameters.getParameterSpec(ECParameterSpec.class)));
      }
      default -> throw new GeneralSecurityException("unknown key type " + key.string("kty"));
    };
  }

  private static BigInteger number(Tree key, String name) {
    return new BigInteger(1, Base64.getUrlDecoder().decode(key.string(name)));
  }

  private Tree get(URI uri) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).GET().build(),
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), 1 << 20));
    if (answer.statusCode() != 200) {
      throw new IOException(answer.statusCode() + " from " + uri);
    }
    try {
      return Json.read(answer.body(), DOCUMENT) instanceof Tree document ? document : Tree.empty();
    } catch (JsonException e) {
      throw new IOException("expected a JSON document from " + uri + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
