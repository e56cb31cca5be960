package io.kubrig.apiserver.authn.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;

/** An identity provider: discovery document, key set, tokens (made by another library than the one under test). */
final class FakeIssuer implements AutoCloseable {
  private static final CertificateAuthority AUTHORITY = CertificateAuthority.selfSigned("issuer", KeyKind.EC, Clock.system());

  private final HttpsServer server;
  private final List<RSAKey> keys = new ArrayList<>();
  private volatile String claimed = "";
  private volatile int keyReads;

  FakeIssuer() throws Exception {
    CertificateSpec spec = CertificateSpec.server("issuer", List.of("localhost"), List.of(InetAddress.getByName("127.0.0.1")));
    KeyAndCertificate identity = AUTHORITY.issue(spec, KeyKind.EC);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(identity.keyManagers(), null, null);
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    server.createContext("/", this::handle);
    rotate("one");
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body =
          switch (exchange.getRequestURI().getPath()) {
            case "/.well-known/openid-configuration" -> ("{\"issuer\":\"" + url() + "\",\"jwks_uri\":\"" + url() + "/keys\"}")
                .getBytes(StandardCharsets.UTF_8);
            case "/keys" -> {
              keyReads++;
              yield new JWKSet(List.copyOf(keys)).toString().getBytes(StandardCharsets.UTF_8);
            }
            case "/groups" -> claimedFor(exchange.getRequestHeaders().getFirst("Authorization"));
            default -> new byte[0];
          };
      exchange.sendResponseHeaders(body.length == 0 ? 404 : 200, body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    }
  }

  /** What is told at {@code /groups} to those who show the access token. */
  void claimed(String token) {
    claimed = token;
  }

  private byte[] claimedFor(String authorization) {
    return "Bearer f005ba11".equals(authorization) ? claimed.getBytes(StandardCharsets.UTF_8) : new byte[0];
  }

  /** From now on another key signs. */
  void rotate(String id) throws JOSEException {
    keys.addFirst(new RSAKeyGenerator(2048).keyID(id).generate());
  }

  int keyReads() {
    return keyReads;
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  static String authority() {
    return PemFiles.text(List.of(AUTHORITY.certificate()));
  }

  /** A token for an hour with these claims besides issuer and times. */
  String token(Map<String, Object> claims) throws JOSEException {
    return token(keys.getFirst(), JWSAlgorithm.RS256, claims);
  }

  String token(JWSAlgorithm algorithm, Map<String, Object> claims) throws JOSEException {
    return token(keys.getFirst(), algorithm, claims);
  }

  private String token(RSAKey key, JWSAlgorithm algorithm, Map<String, Object> claims) throws JOSEException {
    JWTClaimsSet.Builder builder =
        new JWTClaimsSet.Builder().issuer(url()).issueTime(new Date()).expirationTime(new Date(System.currentTimeMillis() + 3_600_000));
    claims.forEach(builder::claim);
    SignedJWT token = new SignedJWT(new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), builder.build());
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
