package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import io.kubrig.machinery.pki.TrustAnyone;
import io.kubrig.machinery.tls.TlsImplementation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * TLS as a kubeconfig says, by another implementation than the runtime's. Servers are believed that the authority named there vouches
 * for, and only those, as by native components.
 *
 * @param trust whom the sockets believe
 */
record ClientTls(SSLSocketFactory sockets, X509TrustManager trust) {
  /**
   * Empty where the runtime's, as Fabric8 sets it up, is the one to use.
   *
   * @param shown what the client proves who it is with, null for what the configuration names
   */
  static Optional<ClientTls> of(Config config, KeyManager[] shown) {
    if (TlsImplementation.best() == TlsImplementation.JDK || isSet(config.getTrustStoreFile()) || isSet(config.getKeyStoreFile())) {
      return Optional.empty();
    }
    try {
      Optional<KeyAndCertificate> own = own(config);
      KeyManager[] keys = shown == null ? own.map(KeyAndCertificate::keyManagers).orElse(null) : shown;
      List<X509Certificate> chain = own.map(KeyAndCertificate::chain).orElse(List.of());
      boolean named = isSet(config.getCaCertData()) || isSet(config.getCaCertFile());
      List<X509Certificate> authorities = named ? certificates(config.getCaCertData(), config.getCaCertFile()) : List.of();
      if (config.isTrustCerts()) {
        return with(TlsImplementation.knowing(chain), keys, new TrustAnyone());
      }
      return with(TlsImplementation.towards(authorities, chain), keys, trust(authorities));
    } catch (GeneralSecurityException | IOException e) {
      throw new StartException("the certificates of the kubeconfig cannot be used: " + e.getMessage(), e);
    }
  }

  private static Optional<ClientTls> with(TlsImplementation implementation, KeyManager[] keys, X509TrustManager trust)
      throws GeneralSecurityException {
    if (implementation == TlsImplementation.JDK) {
      return Optional.empty();
    }
    return Optional.of(new ClientTls(implementation.context(keys, new TrustManager[] {trust}).getSocketFactory(), trust));
  }

  private static Optional<KeyAndCertificate> own(Config config) {
    boolean shown = isSet(config.getClientCertData()) || isSet(config.getClientCertFile());
    boolean proved = isSet(config.getClientKeyData()) || isSet(config.getClientKeyFile());
    if (!shown || !proved) {
      return Optional.empty();
    }
    PrivateKey key = isSet(config.getClientKeyData()) ? PemFiles.privateKey(pem(config.getClientKeyData()), "client-key-data")
        : PemFiles.privateKey(Path.of(config.getClientKeyFile()));
    return Optional.of(new KeyAndCertificate(key, certificates(config.getClientCertData(), config.getClientCertFile())));
  }

  /** @param data what counts where both are named */
  private static List<X509Certificate> certificates(String data, String file) {
    return isSet(data) ? PemFiles.certificates(pem(data), "the data of the kubeconfig") : PemFiles.certificates(Path.of(file));
  }

  /** @param data base64 of PEM as a kubeconfig holds it, or PEM as credential plugins return it */
  private static String pem(String data) {
    return data.startsWith("-----") ? data : new String(Base64.getMimeDecoder().decode(data), StandardCharsets.US_ASCII);
  }

  private static X509TrustManager trust(List<X509Certificate> authorities) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    for (int i = 0; i < authorities.size(); i++) {
      store.setCertificateEntry("ca" + i, authorities.get(i));
    }
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  private static boolean isSet(String value) {
    return value != null && !value.isEmpty();
  }
}
