package io.kubrig.apiserver.http;

import io.kubrig.machinery.pki.KeyAndCertificate;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** A listener's keys, of which each handshake takes the one for the name that the client means. An alias is a place in the list. */
final class NamedKeys extends X509ExtendedKeyManager {
  private final List<KeyAndCertificate> pairs = new ArrayList<>();
  private final Map<String, KeyAndCertificate> byName;

  NamedKeys(ServerKeys keys) {
    pairs.add(keys.own());
    keys.named().forEach(one -> pairs.add(one.pair()));
    byName = keys.byName();
  }

  private KeyAndCertificate meant(SSLEngine engine) {
    if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
      return session.getRequestedServerNames().stream().filter(SNIHostName.class::isInstance).map(name -> (SNIHostName) name)
          .findFirst().flatMap(name -> ServerKeys.find(byName, name.getAsciiName())).orElse(pairs.getFirst());
    }
    return pairs.getFirst();
  }

  /** An alias of a pair whose key is of that type, else null. */
  private String alias(KeyAndCertificate pair, String type) {
    boolean fits = ((X509ExtendedKeyManager) pair.keyManagers()[0]).getServerAliases(type, null) != null;
    return fits ? String.valueOf(pairs.indexOf(pair)) : null;
  }

  private KeyAndCertificate pair(String alias) {
    return pairs.get(Integer.parseInt(alias));
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return alias(meant(engine), type);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return alias(pairs.getFirst(), type);
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    String[] aliases = pairs.stream().map(pair -> alias(pair, type)).filter(alias -> alias != null).toArray(String[]::new);
    return aliases.length == 0 ? null : aliases;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return pair(alias).chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return pair(alias).key();
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return null; // this side is a server
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return null;
  }
}
