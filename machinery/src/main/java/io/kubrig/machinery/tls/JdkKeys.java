package io.kubrig.machinery.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;

/** The runtime's keys as BoringSSL wants them, brought over once: reading and checking a key takes as long as a handshake does. */
final class JdkKeys extends X509ExtendedKeyManager {
  private static final int REMEMBERED = 8;

  private final X509KeyManager jdk;
  private final Provider provider;
  private final Map<String, Native> natives = new ConcurrentHashMap<>();

  JdkKeys(X509KeyManager jdk, Provider provider) {
    this.jdk = jdk;
    this.provider = provider;
  }

  /** A key with what was made of it. */
  private record Native(PrivateKey key, PrivateKey brought) {}

  @Override
  public PrivateKey getPrivateKey(String alias) {
    PrivateKey key = jdk.getPrivateKey(alias);
    if (key == null) {
      return null;
    }
    Native known = natives.get(alias);
    if (known == null || !known.key().equals(key)) {
      known = new Native(key, bring(key));
      if (natives.size() >= REMEMBERED) {
        natives.clear(); // of keys that have been replaced
      }
      natives.put(alias, known);
    }
    return known.brought();
  }

  /** A key that shows nothing of itself, as one in a device, stays what it is. */
  private PrivateKey bring(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      return key;
    }
    try {
      return KeyFactory.getInstance(key.getAlgorithm(), provider).generatePrivate(new PKCS8EncodedKeySpec(encoded));
    } catch (GeneralSecurityException e) {
      return key; // the handshake says what is wrong with it
    }
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return jdk.getCertificateChain(alias);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return jdk.getClientAliases(type, issuers);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return jdk.getServerAliases(type, issuers);
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return jdk.chooseClientAlias(types, issuers, socket);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return jdk.chooseServerAlias(type, issuers, socket);
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return jdk instanceof X509ExtendedKeyManager extended ? extended.chooseEngineClientAlias(types, issuers, engine)
        : jdk.chooseClientAlias(types, issuers, null);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return jdk instanceof X509ExtendedKeyManager extended ? extended.chooseEngineServerAlias(type, issuers, engine)
        : jdk.chooseServerAlias(type, issuers, null);
  }
}
