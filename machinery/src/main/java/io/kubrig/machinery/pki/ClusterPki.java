package io.kubrig.machinery.pki;

import io.kubrig.machinery.clock.Clock;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The keys of a cluster in one directory, under kubeadm's names: {@code ca}, {@code apiserver}, {@code apiserver-kubelet-client},
 * {@code front-proxy-ca}, {@code front-proxy-client} ({@code .crt} and {@code .key} each), {@code sa.key} and {@code sa.pub}.
 *
 * <p>What is there is kept. A leaf certificate is made anew when it is missing, ends within thirty days, was signed by another authority or
 * lacks a name. An authority is never replaced: losing it would end every client's trust.
 */
public final class ClusterPki {
  private static final Duration RENEW_BEFORE_END = Duration.ofDays(30);

  private final Path directory;
  private final Clock clock;

  public ClusterPki(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
  }

  /** Makes what is missing and renews what ends soon, for an API server reachable under these names and addresses. */
  public void ensure(List<String> serverNames, List<InetAddress> serverAddresses) {
    PemFiles.directory(directory);
    CertificateAuthority ca = authority("ca", "kubernetes");
    CertificateAuthority frontProxy = authority("front-proxy-ca", "front-proxy-ca");
    leaf("apiserver", ca, CertificateSpec.server("kube-apiserver", serverNames, serverAddresses));
    leaf("apiserver-kubelet-client", ca, CertificateSpec.client("kube-apiserver-kubelet-client", "kubeadm:cluster-admins"));
    leaf("front-proxy-client", frontProxy, CertificateSpec.client("front-proxy-client"));
    serviceAccountKey();
  }

  /** The names under which kubeadm's API server is known: the node's, {@code localhost}, and those of the {@code kubernetes} Service. */
  public static List<String> serverNames(String nodeName, String clusterDomain) {
    return List.of(
        nodeName,
        "localhost",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "kubernetes.default.svc." + clusterDomain);
  }

  public Path file(String name) {
    return directory.resolve(name);
  }

  /** The authority that vouches for the API server and its clients. */
  public CertificateAuthority authority() {
    return authority("ca", "kubernetes");
  }

  private CertificateAuthority authority(String name, String commonName) {
    Path certificate = file(name + ".crt");
    Path key = file(name + ".key");
    if (Files.exists(certificate)) {
      return new CertificateAuthority(new KeyAndCertificate(PemFiles.privateKey(key), PemFiles.certificates(certificate)), clock);
    }
    CertificateAuthority made = CertificateAuthority.selfSigned(commonName, KeyKind.EC, clock);
    save(name, made.own());
    return made;
  }

  private void leaf(String name, CertificateAuthority authority, CertificateSpec spec) {
    Path certificate = file(name + ".crt");
    if (!Files.exists(certificate) || !Files.exists(file(name + ".key")) || !isGood(certificate, authority, spec)) {
      save(name, authority.issue(spec, KeyKind.EC));
    }
  }

  private boolean isGood(Path file, CertificateAuthority authority, CertificateSpec spec) {
    X509Certificate certificate = PemFiles.certificates(file).getFirst();
    return !endsSoon(certificate)
        && certificate.getIssuerX500Principal().equals(authority.certificate().getSubjectX500Principal())
        && names(certificate).containsAll(wanted(spec));
  }

  private boolean endsSoon(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().isBefore(clock.now().plus(RENEW_BEFORE_END));
  }

  private static Set<String> wanted(CertificateSpec spec) {
    Set<String> names = new HashSet<>(spec.dnsNames());
    spec.addresses().forEach(address -> names.add(address.getHostAddress()));
    return names;
  }

  private static Set<String> names(X509Certificate certificate) {
    try {
      Collection<List<?>> alternatives = certificate.getSubjectAlternativeNames();
      Set<String> names = new HashSet<>();
      for (List<?> alternative : alternatives == null ? List.<List<?>>of() : alternatives) {
        names.add(String.valueOf(alternative.get(1)));
      }
      return names;
    } catch (CertificateParsingException e) {
      throw new PkiException("a serving certificate has alternative names that cannot be read", e);
    }
  }

  private void serviceAccountKey() {
    if (!Files.exists(file("sa.key"))) {
      KeyPair pair = KeyKind.RSA.generate();
      PemFiles.write(file("sa.key"), PemFiles.text(pair.getPrivate()));
      PemFiles.write(file("sa.pub"), PemFiles.text(pair.getPublic()));
    }
  }

  private void save(String name, KeyAndCertificate pair) {
    PemFiles.write(file(name + ".key"), PemFiles.text(pair.key()));
    PemFiles.write(file(name + ".crt"), PemFiles.text(pair.chain()));
  }

  /**
   * Writes a kubeconfig whose user is a client certificate signed by the cluster's authority, unless the file is there, points at the same
   * server and its certificate does not end soon.
   */
  public void kubeconfig(Path file, String server, String userName, CertificateSpec client) {
    CertificateAuthority authority = authority();
    if (Files.exists(file) && isCurrent(file, server, authority)) {
      return;
    }
    KeyAndCertificate credentials = authority.issue(client, KeyKind.RSA);
    PemFiles.write(file, new Kubeconfig(server, authority.certificate(), "kubernetes", userName, credentials).text());
  }

  private boolean isCurrent(Path file, String server, CertificateAuthority authority) {
    Function<String, String> field = key -> KubeconfigFields.first(file, key);
    String certificate = KubeconfigFields.decoded(field.apply("client-certificate-data"));
    List<X509Certificate> chain = new ArrayList<>(PemFiles.certificates(certificate, file.toString()));
    return field.apply("server").equals(server)
        && KubeconfigFields.decoded(field.apply("certificate-authority-data")).equals(PemFiles.text(authority.own().chain()))
        && !chain.isEmpty()
        && !endsSoon(chain.getFirst());
  }
}
