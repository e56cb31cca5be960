package io.kubrig.machinery.pki;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;

/**
 * A private key with the certificate of its public half.
 *
 * @param chain the certificate, then its issuers as far as they are to be sent along
 */
public record KeyAndCertificate(PrivateKey key, List<X509Certificate> chain) {
  public KeyAndCertificate {
    chain = List.copyOf(chain);
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /** The pair as the JDK's TLS wants it. */
  public KeyManager[] keyManagers() {
    return new KeyManager[] {new OneKey(this)};
  }
}
