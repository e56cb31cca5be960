package io.kubrig.machinery.pki;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * What a party of TLS connections proves who it is with, where that changes from time to time: each handshake takes the pair that is
 * current when it begins. While there is none, nothing is shown.
 */
public class ChangingKey extends X509ExtendedKeyManager {
  private static final int REMEMBERED = 8;

  private final Supplier<Optional<KeyAndCertificate>> current;
  // handshakes under way ask for the certificate and the key one after the other; by serial number, guarded by its own locks
  private final Map<String, OneKey> chosen = new ConcurrentHashMap<>();

  /** @param current the pair of new connections, asked for at every handshake; cheap */
  public ChangingKey(Supplier<Optional<KeyAndCertificate>> current) {
    this.current = current;
  }

  private Optional<OneKey> key() {
    return current.get().map(OneKey::new);
  }

  /** Remembers a key that was chosen, under an alias of its own. */
  private String remember(OneKey key) {
    String alias = key.serial();
    if (chosen.size() >= REMEMBERED) {
      chosen.clear();
    }
    chosen.put(alias, key);
    return alias;
  }

  private String forClients(String[] types, Principal[] issuers) {
    return key().filter(key -> key.chooseClientAlias(types, issuers, null) != null).map(this::remember).orElse(null);
  }

  private String forServer(String type, Principal[] issuers) {
    return key().filter(key -> key.chooseServerAlias(type, issuers, null) != null).map(this::remember).orElse(null);
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return forClients(types, issuers);
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return forClients(types, issuers);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return forServer(type, issuers);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return forServer(type, issuers);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    String alias = forClients(new String[] {type}, issuers);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    String alias = forServer(type, issuers);
    return alias == null ? null : new String[] {alias};
  }

  private Optional<OneKey> find(String alias) {
    OneKey known = chosen.get(alias);
    return known != null ? Optional.of(known) : key().filter(key -> key.serial().equals(alias));
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return find(alias).map(OneKey::chain).orElse(null);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return find(alias).map(OneKey::secret).orElse(null);
  }
}
