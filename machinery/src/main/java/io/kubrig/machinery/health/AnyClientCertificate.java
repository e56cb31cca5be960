package io.kubrig.machinery.health;

import java.security.cert.X509Certificate;
import javax.net.ssl.X509TrustManager;

/** Lets any client certificate through the handshake: {@link Access} judges it, so that a wrong one is answered, not cut off. */
final class AnyClientCertificate implements X509TrustManager {
  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("a server's trust manager is asked about clients only");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
