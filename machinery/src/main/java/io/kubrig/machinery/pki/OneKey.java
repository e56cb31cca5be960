package io.kubrig.machinery.pki;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * What a party of a TLS connection proves who it is with: one key, held in memory. The JDK's own managers keep keys in a store, enciphered
 * with a password, whose derivation takes longer than the rest of a handshake.
 *
 * <p>A server shows its one certificate whatever authorities the client names, as Go's does; a client shows it only to servers that name
 * one of its issuers, or none at all.
 */
final class OneKey extends X509ExtendedKeyManager {
  private static final String ALIAS = "key";

  private final KeyAndCertificate pair;

  OneKey(KeyAndCertificate pair) {
    this.pair = pair;
  }

  /** A name that other pairs of the same owner do not have. */
  String serial() {
    return pair.certificate().getSerialNumber().toString(16);
  }

  X509Certificate[] chain() {
    return getCertificateChain(ALIAS);
  }

  PrivateKey secret() {
    return pair.key();
  }

  /** @param type an algorithm, in old suites followed by an underscore and that of the issuer */
  private boolean isOf(String type) {
    int issuer = type.indexOf('_');
    return pair.certificate().getPublicKey().getAlgorithm().equals(issuer < 0 ? type : type.substring(0, issuer));
  }

  private boolean isIssuedByOneOf(Principal[] issuers) {
    if (issuers == null || issuers.length == 0) {
      return true;
    }
    List<Principal> wanted = Arrays.asList(issuers);
    return pair.chain().stream().map(X509Certificate::getIssuerX500Principal).anyMatch(wanted::contains);
  }

  private String forServers(String[] types, Principal[] issuers) {
    return Arrays.stream(types).anyMatch(this::isOf) && isIssuedByOneOf(issuers) ? ALIAS : null;
  }

  private String forClients(String type) {
    return isOf(type) ? ALIAS : null;
  }

  @Override
  public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return forServers(types, issuers);
  }

  @Override
  public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
    return forServers(types, issuers);
  }

  @Override
  public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return forClients(type);
  }

  @Override
  public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
    return forClients(type);
  }

  @Override
  public String[] getClientAliases(String type, Principal[] issuers) {
    return forServers(new String[] {type}, issuers) == null ? null : new String[] {ALIAS};
  }

  @Override
  public String[] getServerAliases(String type, Principal[] issuers) {
    return forClients(type) == null ? null : new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return alias.equals(ALIAS) ? pair.chain().toArray(X509Certificate[]::new) : null;
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return alias.equals(ALIAS) ? pair.key() : null;
  }
}
