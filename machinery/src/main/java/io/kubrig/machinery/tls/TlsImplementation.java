package io.kubrig.machinery.tls;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * Who speaks TLS: the Java runtime, or BoringSSL (through Conscrypt), whose ciphers are as fast in a process that has just been started as
 * they are after hours. Either takes the runtime's key and trust managers, and keys and certificates are the runtime's in both.
 *
 * <p>{@code -Dkubrig.tls=jdk} chooses the runtime's for the whole process.
 */
public enum TlsImplementation {
  /** The Java runtime's own, which is always there. */
  JDK,
  /** BoringSSL. It knows RSA and the curves P-256 and P-384 only, and no suites with CBC and SHA-2 or with finite fields. */
  BORINGSSL;

  /** The system property that chooses: {@code jdk}, or anything else for what is best. */
  public static final String PROPERTY = "kubrig.tls";

  private static final int LARGEST_CURVE_BITS = 384;
  private static final KeyManager[] NO_KEYS = {};

  /** BoringSSL where it can be loaded and is not declined. */
  public static TlsImplementation best() {
    boolean declined = "jdk".equalsIgnoreCase(System.getProperty(PROPERTY));
    return declined || BoringSsl.provider().isEmpty() ? JDK : BORINGSSL;
  }

  /** The best one that can work with these certificates: one's own, and those of authorities that vouch for others. */
  public static TlsImplementation knowing(List<X509Certificate> certificates) {
    return best() == BORINGSSL && certificates.stream().allMatch(TlsImplementation::isKnown) ? BORINGSSL : JDK;
  }

  /** The best one that can show what these key managers of a server hold, which may come later and change. */
  public static TlsImplementation holding(KeyManager[] keys) {
    boolean foreign =
        Arrays.stream(keys).anyMatch(one -> one instanceof X509KeyManager x509 && x509.getServerAliases("EdDSA", null) != null);
    return foreign ? JDK : best();
  }

  /**
   * The best one to reach servers with that these authorities vouch for. Without authorities nothing is known of what those servers have,
   * and the runtime's knows more.
   *
   * @param own the certificate that is shown to them, empty for none
   */
  public static TlsImplementation towards(List<X509Certificate> authorities, List<X509Certificate> own) {
    return authorities.isEmpty() ? JDK : knowing(Stream.concat(authorities.stream(), own.stream()).toList());
  }

  private static boolean isKnown(X509Certificate certificate) {
    PublicKey key = certificate.getPublicKey();
    return switch (key) {
      case RSAPublicKey rsa -> rsa.getAlgorithm().equals("RSA");
      case ECPublicKey curve -> curve.getParams().getOrder().bitLength() <= LARGEST_CURVE_BITS;
      default -> false;
    };
  }

  /** This one if it has these cipher suites, else the runtime's. */
  public TlsImplementation with(List<String> suites) {
    return this == JDK || suites().containsAll(suites) ? this : JDK;
  }

  /** The names of the cipher suites there are. */
  public Set<String> suites() {
    try {
      return new HashSet<>(List.of(context(null, new TrustManager[0]).getSupportedSSLParameters().getCipherSuites()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no TLS", e);
    }
  }

  /**
   * A context.
   *
   * @param keys null for none
   * @param trust null for the authorities of the system
   * @throws GeneralSecurityException when the managers cannot be used
   */
  public SSLContext context(KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
    if (this == JDK) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    }
    Provider provider = BoringSsl.provider().orElseThrow();
    SSLContext context = SSLContext.getInstance("TLS", provider);
    context.init(brought(keys == null ? NO_KEYS : keys, provider), adapted(trust == null ? ofTheSystem() : trust), null);
    return context;
  }

  /**
   * Sockets of clients whose keys change: each shows what the keys are when it connects.
   *
   * @param trust null for the authorities of the system
   * @throws GeneralSecurityException when the managers cannot be used
   */
  public SSLSocketFactory freshSockets(KeyManager[] keys, TrustManager[] trust) throws GeneralSecurityException {
    return new FreshSessions(this, keys, trust == null ? ofTheSystem() : trust);
  }

  private static KeyManager[] brought(KeyManager[] keys, Provider provider) {
    return Arrays.stream(keys).map(key -> key instanceof X509KeyManager x509 ? new JdkKeys(x509, provider) : key)
        .toArray(KeyManager[]::new);
  }

  private static TrustManager[] adapted(TrustManager[] trust) {
    return Arrays.stream(trust).map(one -> one instanceof X509TrustManager x509 ? new JdkTrust(x509) : one).toArray(TrustManager[]::new);
  }

  private static TrustManager[] ofTheSystem() throws GeneralSecurityException {
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init((KeyStore) null);
    return factory.getTrustManagers();
  }

  /** A server's end of a connection, of whichever implementation the context is; {@link #free} ends it. */
  public static SSLEngine serverEngine(SSLContext context) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    if (best() == BORINGSSL) {
      BoringSsl.lend(engine);
    }
    return engine;
  }

  /** Says that nothing will be asked of an engine any more, of whichever implementation it is. */
  public static void free(SSLEngine engine) {
    if (best() == BORINGSSL) {
      BoringSsl.free(engine);
    }
  }
}
