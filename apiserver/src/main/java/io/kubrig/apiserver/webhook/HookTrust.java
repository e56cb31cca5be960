package io.kubrig.apiserver.webhook;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** TLS towards webhooks and aggregated servers. A certificate that is not trusted is refused in the words of Go's verifier. */
public final class HookTrust {
  private HookTrust() {}

  /**
   * A context.
   *
   * @param caBundle base64 of PEM; "" for the authorities of the system
   * @param client presented when asked for; null for none
   * @throws IOException when the bundle holds no certificate
   */
  public static SSLContext context(String caBundle, KeyAndCertificate client, Clock clock) throws IOException {
    if (caBundle.isEmpty()) {
      return context(new Verifier(manager(null), clock), List.of(), client);
    }
    List<X509Certificate> authorities = certificates(caBundle);
    return context(new Verifier(manager(authorities), clock), authorities, client);
  }

  /** A context that takes any certificate, as {@code insecureSkipTLSVerify} asks for. */
  public static SSLContext trusting(KeyAndCertificate client) throws IOException {
    return context(new TrustAnyone(), List.of(), client);
  }

  private static SSLContext context(TrustManager trust, List<X509Certificate> authorities, KeyAndCertificate client) throws IOException {
    try {
      KeyManager[] keys = client == null ? null : client.keyManagers();
      List<X509Certificate> own = client == null ? List.of() : client.chain();
      return TlsImplementation.towards(authorities, own).context(keys, new TrustManager[] {trust});
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS: " + e.getMessage(), e);
    }
  }

  /** @param authorities null for those of the system */
  private static X509ExtendedTrustManager manager(List<X509Certificate> authorities) throws IOException {
    try {
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(authorities == null ? null : store(authorities));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager found) {
          return found;
        }
      }
      throw new IOException("the JDK offers no X.509 trust manager");
    } catch (GeneralSecurityException e) {
      throw new IOException("unable to load root certificates: " + e.getMessage(), e);
    }
  }

  private static List<X509Certificate> certificates(String caBundle) throws IOException {
    byte[] pem;
    try {
      pem = Base64.getDecoder().decode(caBundle);
    } catch (IllegalArgumentException e) {
      throw new IOException("unable to load root certificates: caBundle is not base64", e);
    }
    List<X509Certificate> certificates = PemFiles.certificates(new String(pem, StandardCharsets.ISO_8859_1), "caBundle");
    if (certificates.isEmpty()) {
      throw new IOException("unable to load root certificates: no valid certificate data seen");
    }
    return certificates;
  }

  private static KeyStore store(List<X509Certificate> certificates) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("ca" + i, certificates.get(i));
    }
    return store;
  }

  /** Has the JDK verify, and says what Go would say when it does not. */
  private static final class Verifier extends X509ExtendedTrustManager {
    private static final String PREFIX = "tls: failed to verify certificate: x509: ";

    private final X509ExtendedTrustManager jdk;
    private final Clock clock;

    Verifier(X509ExtendedTrustManager jdk, Clock clock) {
      this.jdk = jdk;
      this.clock = clock;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      try {
        jdk.checkServerTrusted(chain, authType, socket);
      } catch (CertificateException e) {
        boolean known = socket instanceof SSLSocket secure && secure.getHandshakeSession() != null;
        String host = known ? ((SSLSocket) socket).getHandshakeSession().getPeerHost() : "";
        throw new CertificateException(PREFIX + reason(chain[0], e, host), e);
      }
    }

    private String reason(X509Certificate leaf, CertificateException failure, String host) throws CertificateException {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof CertificateExpiredException || cause instanceof CertificateNotYetValidException) {
          boolean expired = cause instanceof CertificateExpiredException;
          return "certificate has expired or is not yet valid: current time " + Timestamps.format(clock.now())
              + (expired ? " is after " : " is before ")
              + Timestamps.format((expired ? leaf.getNotAfter() : leaf.getNotBefore()).toInstant());
        }
      }
      String text = String.valueOf(failure.getMessage());
      boolean name = text.startsWith("No name matching") || text.startsWith("No subject alternative");
      return name ? misnamed(leaf, host) : "certificate signed by unknown authority";
    }

    private static String misnamed(X509Certificate leaf, String host) throws CertificateException {
      boolean address = host.contains(":") || host.matches("[0-9.]+");
      List<String> names = new ArrayList<>();
      Collection<List<?>> alternatives = leaf.getSubjectAlternativeNames();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        int kind = (Integer) alternative.getFirst();
        if (kind == (address ? 7 : 2)) {
          names.add(String.valueOf(alternative.get(1)));
        }
      }
      if (address && names.isEmpty()) {
        return "cannot validate certificate for " + host + " because it doesn't contain any IP SANs";
      }
      return names.isEmpty()
          ? "certificate is not valid for any names, but wanted to match " + host
          : "certificate is valid for " + String.join(", ", names) + ", not " + host;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      jdk.checkServerTrusted(chain, authType, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      jdk.checkServerTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
      throw new CertificateException("no clients here");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return jdk.getAcceptedIssuers();
    }
  }
}
