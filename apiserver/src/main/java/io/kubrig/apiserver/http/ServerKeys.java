package io.kubrig.apiserver.http;

import io.kubrig.machinery.pki.KeyAndCertificate;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.KeyManager;

/**
 * What a listener proves who it is with: a key of its own, and others for clients that say which name they mean (RFC 6066, server name
 * indication).
 *
 * @param named earlier ones count before later ones
 */
public record ServerKeys(KeyAndCertificate own, List<Named> named) {
  private static final int DNS_NAME = 2; // of the kinds of alternative names of RFC 5280
  private static final int LONGEST = 253;
  private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  public ServerKeys {
    named = List.copyOf(named);
  }

  /**
   * A key for some names.
   *
   * @param names of which the first label may be {@code *}; empty for those in the certificate
   */
  public record Named(KeyAndCertificate pair, List<String> names) {
    public Named {
      names = List.copyOf(names);
    }
  }

  /** All certificates that may be shown. */
  List<X509Certificate> certificates() {
    return Stream.concat(Stream.of(own), named.stream().map(Named::pair)).flatMap(pair -> pair.chain().stream()).toList();
  }

  KeyManager[] keyManagers() {
    return named.isEmpty() ? own.keyManagers() : new KeyManager[] {new NamedKeys(this)};
  }

  /** The pairs by name: what was said of names counts before what certificates say, then the earlier pair before the later. */
  Map<String, KeyAndCertificate> byName() {
    Map<String, KeyAndCertificate> said = new HashMap<>();
    Map<String, KeyAndCertificate> certified = new HashMap<>();
    for (Named one : named) {
      one.names().forEach(name -> said.putIfAbsent(name, one.pair()));
      if (one.names().isEmpty()) {
        names(one.pair().certificate()).forEach(name -> certified.putIfAbsent(name, one.pair()));
      }
    }
    certified.putAll(said);
    return certified;
  }

  /** The pair for a name that a client means: that of the name itself, else that of all names beside it. */
  static Optional<KeyAndCertificate> find(Map<String, KeyAndCertificate> byName, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    KeyAndCertificate exact = byName.get(lower);
    int dot = lower.indexOf('.');
    return Optional.ofNullable(exact != null ? exact : byName.get(dot < 0 ? "*" : "*" + lower.substring(dot)));
  }

  /** The common name if it can be one of a host, and the alternative names; no addresses, which clients do not send. */
  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    commonName(certificate).filter(ServerKeys::isDomain).ifPresent(names::add);
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      if (alternatives != null) {
        alternatives.stream().filter(one -> one.getFirst().equals(DNS_NAME)).forEach(one -> names.add((String) one.get(1)));
      }
    } catch (CertificateParsingException e) {
      return names; // which has none that anybody could read
    }
    return names;
  }

  private static boolean isDomain(String name) {
    String domain = name.startsWith("*.") ? name.substring(2) : name;
    return name.equals("*") || domain.length() <= LONGEST && SUBDOMAIN.matcher(domain).matches() && !ADDRESS.matcher(name).matches();
  }

  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName()).getRdns().stream()
          .filter(part -> part.getType().equalsIgnoreCase("CN")).map(Rdn::getValue).map(String::valueOf).findFirst();
    } catch (InvalidNameException e) {
      return Optional.empty();
    }
  }
}
