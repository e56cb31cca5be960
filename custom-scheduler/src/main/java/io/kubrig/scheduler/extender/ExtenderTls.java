package io.kubrig.scheduler.extender;

import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import io.kubrig.scheduler.config.ExtenderConfiguration;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/** How an extender's certificate is checked and ours is shown, as its {@code tlsConfig} says. */
final class ExtenderTls {
  private ExtenderTls() {}

  static SSLContext context(ExtenderConfiguration.Tls tls) {
    if (tls.trustsAnyone() && tls.hasAuthority()) {
      throw new InvalidConfigurationException(
          "couldn't build extenders: specifying a root certificates file with the insecure flag is not allowed");
    }
    try {
      List<X509Certificate> authorities = authorities(tls);
      List<X509Certificate> own = tls.certFile().isEmpty() && tls.data().cert().isEmpty() ? List.of() : chain(tls);
      return TlsImplementation.towards(authorities, own).context(keys(tls, own), trust(tls, authorities));
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidConfigurationException("the tlsConfig of an extender cannot be used: " + e.getMessage());
    }
  }

  private static List<X509Certificate> chain(ExtenderConfiguration.Tls tls) throws IOException {
    return tls.data().cert().isEmpty() ? PemFiles.certificates(Path.of(tls.certFile()))
        : PemFiles.certificates(tls.data().cert(), "certData");
  }

  private static List<X509Certificate> authorities(ExtenderConfiguration.Tls tls) throws IOException {
    if (!tls.hasAuthority()) {
      return List.of();
    }
    return tls.data().ca().isEmpty() ? PemFiles.certificates(Path.of(tls.caFile())) : PemFiles.certificates(tls.data().ca(), "caData");
  }

  private static KeyManager[] keys(ExtenderConfiguration.Tls tls, List<X509Certificate> chain) throws IOException {
    if (chain.isEmpty()) {
      return null;
    }
    PrivateKey key = tls.data().key().isEmpty() ? PemFiles.privateKey(Path.of(tls.keyFile()))
        : PemFiles.privateKey(tls.data().key(), "keyData");
    return new KeyAndCertificate(key, chain).keyManagers();
  }

  private static TrustManager[] trust(ExtenderConfiguration.Tls tls, List<X509Certificate> authorities)
      throws GeneralSecurityException, IOException {
    if (tls.trustsAnyone()) {
      return new TrustManager[] {new TrustAnyone()};
    }
    if (!tls.hasAuthority()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
