package io.kubrig.machinery.tls;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * A trust manager made for the runtime's TLS, as BoringSSL asks it. TLS 1.3 has no key exchange that a certificate must fit; the
 * runtime's managers expect it to be called {@code UNKNOWN} and refuse BoringSSL's word for it.
 *
 * <p>A manager that is not told of the connection cannot check whom it leads to, so it is asked about clients only.
 */
final class JdkTrust extends X509ExtendedTrustManager {
  private final X509TrustManager jdk;

  JdkTrust(X509TrustManager jdk) {
    this.jdk = jdk;
  }

  private static String named(String keyExchange) {
    return keyExchange.equals("GENERIC") ? "UNKNOWN" : keyExchange;
  }

  private X509ExtendedTrustManager ofServers() throws CertificateException {
    if (jdk instanceof X509ExtendedTrustManager extended) {
      return extended;
    }
    throw new CertificateException(jdk.getClass().getName() + " cannot check servers: it is not told which one is meant");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange, Socket socket) throws CertificateException {
    ofServers().checkServerTrusted(chain, named(keyExchange), socket);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange, SSLEngine engine) throws CertificateException {
    ofServers().checkServerTrusted(chain, named(keyExchange), engine);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String keyExchange) throws CertificateException {
    ofServers().checkServerTrusted(chain, named(keyExchange));
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, Socket socket) throws CertificateException {
    if (jdk instanceof X509ExtendedTrustManager extended) {
      extended.checkClientTrusted(chain, algorithm, socket);
    } else {
      jdk.checkClientTrusted(chain, algorithm);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm, SSLEngine engine) throws CertificateException {
    if (jdk instanceof X509ExtendedTrustManager extended) {
      extended.checkClientTrusted(chain, algorithm, engine);
    } else {
      jdk.checkClientTrusted(chain, algorithm);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String algorithm) throws CertificateException {
    jdk.checkClientTrusted(chain, algorithm);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return jdk.getAcceptedIssuers();
  }
}
