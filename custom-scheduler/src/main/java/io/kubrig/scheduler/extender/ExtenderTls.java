package io.kubrig.scheduler.extender;

import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.scheduler.config.ExtenderConfiguration;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
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
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys(tls), trust(tls), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new InvalidConfigurationException("the tlsConfig of an extender cannot be used: " + e.getMessage());
    }
  }

  private static javax.net.ssl.KeyManager[] keys(ExtenderConfiguration.Tls tls) throws GeneralSecurityException, IOException {
    if (tls.certFile().isEmpty() && tls.data().cert().isEmpty()) {
      return null;
    }
    PrivateKey key = tls.data().key().isEmpty() ? PemFiles.privateKey(Path.of(tls.keyFile()))
        : PemFiles.privateKey(tls.data().key(), "keyData");
    List<X509Certificate> chain = tls.data().cert().isEmpty() ? PemFiles.certificates(Path.of(tls.certFile()))
        : PemFiles.certificates(tls.data().cert(), "certData");
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry("client", key, new char[0], chain.toArray(Certificate[]::new));
    KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, new char[0]);
    return factory.getKeyManagers();
  }

  private static TrustManager[] trust(ExtenderConfiguration.Tls tls) throws GeneralSecurityException, IOException {
    if (tls.trustsAnyone()) {
      return new TrustManager[] {new TrustAnyone()};
    }
    if (!tls.hasAuthority()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    List<X509Certificate> authorities = tls.data().ca().isEmpty() ? PemFiles.certificates(Path.of(tls.caFile()))
        : PemFiles.certificates(tls.data().ca(), "caData");
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }
}
