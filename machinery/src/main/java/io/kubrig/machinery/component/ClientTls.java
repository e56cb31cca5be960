package io.kubrig.machinery.component;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
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
 * TLS as a kubeconfig says, where Fabric8 cannot set it up: by another implementation than the runtime's, or with keys that change.
 * Servers are believed that the authority named there vouches for, and only those, as by native components.
 *
 * @param trust whom the sockets believe
 */
record ClientTls(SSLSocketFactory sockets, X509TrustManager trust) {
  /**
   * Empty where the runtime's, as Fabric8 sets it up, is the one to use.
   *
   * @param shown what the client proves who it is with and what may change, null for what the configuration names
   */
  static Optional<ClientTls> of(Config config, KeyManager[] shown) {
    try {
      Optional<ClientTls> boring = byBoringSsl(config, shown);
      if (boring.isPresent() || shown == null) {
        return boring;
      }
      return Optional.of(changing(TlsImplementation.JDK, shown, SSLUtils.trustManagers(config)));
    } catch (GeneralSecurityException | IOException e) {
      throw new StartException("the certificates of the kubeconfig cannot be used: " + e.getMessage(), e);
    }
  }

  private static Optional<ClientTls> byBoringSsl(Config config, KeyManager[] shown) throws GeneralSecurityException, IOException {
    if (TlsImplementation.best() == TlsImplementation.JDK || isSet(config.getTrustStoreFile()) || isSet(config.getKeyStoreFile())) {
      return Optional.empty();
    }
    Optional<KeyAndCertificate> own = own(config);
    List<X509Certificate> chain = own.map(KeyAndCertificate::chain).orElse(List.of());
    boolean named = isSet(config.getCaCertData()) || isSet(config.getCaCertFile());
    List<X509Certificate> authorities = named ? certificates(config.getCaCertData(), config.getCaCertFile()) : List.of();
    TlsImplementation implementation =
        config.isTrustCerts() ? TlsImplementation.knowing(chain) : TlsImplementation.towards(authorities, chain);
    if (implementation == TlsImplementation.JDK) {
      return Optional.empty();
    }
    TrustManager[] trust = {config.isTrustCerts() ? new TrustAnyone() : trust(authorities)};
    return Optional.of(shown == null ? steady(implementation, own.map(KeyAndCertificate::keyManagers).orElse(null), trust)
        : changing(implementation, shown, trust));
  }

  private static ClientTls steady(TlsImplementation implementation, KeyManager[] keys, TrustManager[] trust)
      throws GeneralSecurityException {
    return new ClientTls(implementation.context(keys, trust).getSocketFactory(), (X509TrustManager) trust[0]);
  }

  private static ClientTls changing(TlsImplementation implementation, KeyManager[] keys, TrustManager[] trust)
      throws GeneralSecurityException {
    return new ClientTls(implementation.freshSockets(keys, trust), (X509TrustManager) trust[0]);
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
