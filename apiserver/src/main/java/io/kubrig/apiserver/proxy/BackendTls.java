package io.kubrig.apiserver.proxy;

import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** TLS towards backends. */
public final class BackendTls {
  private BackendTls() {}

  /**
   * A context.
   *
   * @param key of the client certificate, null for none
   * @param authorities who signs the backends' certificates; none means, as natively, that they are not verified
   */
  public static SSLContext context(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> authorities) throws IOException {
    try {
      KeyManager[] keys = key == null ? null : new KeyAndCertificate(key, chain).keyManagers();
      return TlsImplementation.towards(authorities, chain).context(keys, trust(authorities));
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot use this client certificate: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
    if (authorities.isEmpty()) {
      return new TrustManager[] {new TrustAnyone()};
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(store);
    return trust.getTrustManagers();
  }
}
