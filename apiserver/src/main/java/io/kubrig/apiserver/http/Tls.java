package io.kubrig.apiserver.http;

import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * How connections are secured: a key with its chain, the versions and suites, and the authorities that clients are told of. Client
 * certificates are asked for and their possession is proved in the handshake, but they are verified by the authenticator: a bad one is an
 * answer 401, not a broken connection.
 *
 * @param context asked for each new connection, so that a renewed certificate is used without a restart
 * @param protocols such as TLSv1.2
 * @param cipherSuites empty for the platform's choice, the suites with shorter keys first, as native's runtime prefers them
 */
public record Tls(Supplier<SSLContext> context, List<String> protocols, List<String> cipherSuites) {
  static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");
  private static final String[] ALPN = {"h2", "http/1.1"};

  /** TLS 1.2 and 1.3 with one key. */
  public static Tls of(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities) throws IOException {
    return of(key, chain, clientAuthorities, PROTOCOLS, List.of());
  }

  /** One key, with the best implementation that knows the keys and has the suites. */
  public static Tls of(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities, List<String> protocols,
      List<String> suites) throws IOException {
    return of(new ServerKeys(new KeyAndCertificate(key, chain), List.of()), clientAuthorities, protocols, suites);
  }

  /** Several keys, with the best implementation that knows all of them and has the suites. */
  public static Tls of(ServerKeys keys, List<X509Certificate> clientAuthorities, List<String> protocols, List<String> suites)
      throws IOException {
    List<X509Certificate> certificates = Stream.concat(keys.certificates().stream(), clientAuthorities.stream()).toList();
    return of(TlsImplementation.knowing(certificates).with(suites), keys, clientAuthorities, protocols, suites);
  }

  static Tls of(TlsImplementation implementation, KeyAndCertificate own, List<X509Certificate> clientAuthorities, List<String> protocols,
      List<String> suites) throws IOException {
    return of(implementation, new ServerKeys(own, List.of()), clientAuthorities, protocols, suites);
  }

  static Tls of(TlsImplementation implementation, ServerKeys keys, List<X509Certificate> clientAuthorities, List<String> protocols,
      List<String> suites) throws IOException {
    try {
      SSLContext context = implementation.context(keys.keyManagers(), new TrustManager[] {new TakeAnyClient(clientAuthorities)});
      return new Tls(() -> context, protocols, suites);
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot serve TLS with this key and certificate: " + e.getMessage(), e);
    }
  }

  SSLEngine engine() {
    SSLEngine engine = TlsImplementation.serverEngine(context.get());
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setWantClientAuth(true);
    parameters.setApplicationProtocols(ALPN);
    parameters.setProtocols(protocols.toArray(String[]::new));
    List<String> suites = cipherSuites.isEmpty() ? preferred(List.of(parameters.getCipherSuites())) : cipherSuites;
    parameters.setCipherSuites(suites.toArray(String[]::new));
    parameters.setUseCipherSuitesOrder(true);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /**
   * Those whose secret is not the server's key itself, as native's runtime offers by default, and AES with 128 bits before its twin with
   * 256, which costs a third more for a secret that nobody guesses either way.
   */
  private static List<String> preferred(List<String> suites) {
    Set<String> ordered = new LinkedHashSet<>();
    for (String suite : suites) {
      if (suite.startsWith("TLS_RSA_") || suite.startsWith("SSL_RSA_")) {
        continue;
      }
      String twin = suite.replace("AES_256_GCM_SHA384", "AES_128_GCM_SHA256");
      if (suites.contains(twin)) {
        ordered.add(twin);
      }
      ordered.add(suite);
    }
    return List.copyOf(ordered);
  }

  /** Lets every client certificate through the handshake; see the record's comment. */
  private static final class TakeAnyClient extends X509ExtendedTrustManager {
    private final X509Certificate[] authorities;

    TakeAnyClient(List<X509Certificate> authorities) {
      this.authorities = authorities.toArray(X509Certificate[]::new);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      throw new UnsupportedOperationException("this side is a server");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return authorities.clone();
    }
  }
}
