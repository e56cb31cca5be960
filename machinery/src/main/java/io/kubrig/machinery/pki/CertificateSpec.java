package io.kubrig.machinery.pki;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * What a leaf certificate is to say.
 *
 * @param commonName the user or host name
 * @param organizations the groups of the user, in order
 * @param usages what it may be used for
 * @param dnsNames the host names it is good for
 * @param addresses the addresses it is good for
 * @param validity how long from now
 */
public record CertificateSpec(
    String commonName,
    List<String> organizations,
    Set<Usage> usages,
    List<String> dnsNames,
    List<InetAddress> addresses,
    Duration validity) {
  public static final Duration ONE_YEAR = Duration.ofDays(365);

  public CertificateSpec {
    organizations = List.copyOf(organizations);
    usages = Set.copyOf(usages);
    dnsNames = List.copyOf(dnsNames);
    addresses = List.copyOf(addresses);
  }

  /** A client certificate: a user in groups. */
  public static CertificateSpec client(String user, String... groups) {
    return new CertificateSpec(user, List.of(groups), Set.of(Usage.CLIENT), List.of(), List.of(), ONE_YEAR);
  }

  /** A serving certificate for names and addresses. */
  public static CertificateSpec server(String commonName, List<String> dnsNames, List<InetAddress> addresses) {
    return new CertificateSpec(commonName, List.of(), Set.of(Usage.SERVER), dnsNames, addresses, ONE_YEAR);
  }

  /** The extended key usages that Kubernetes asks for. */
  public enum Usage {
    SERVER("1.3.6.1.5.5.7.3.1"),
    CLIENT("1.3.6.1.5.5.7.3.2");

    private final String oid;

    Usage(String oid) {
      this.oid = oid;
    }

    String oid() {
      return oid;
    }
  }
}
