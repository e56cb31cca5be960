package io.kubrig.testkit;

import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that the clusters of a JVM share: making them anew for each cluster would take longer than the rest of its start. Who holds a
 * user's certificate is that user in every cluster of the JVM, with the rights that each cluster gives.
 *
 * <p>There is a set of keys for each year that a cluster's time begins in; its certificates are good for ten years from then.
 */
final class JvmKeys {
  static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private static final Duration VALID = Duration.ofDays(3649);
  private static final Map<Integer, JvmKeys> BY_YEAR = new ConcurrentHashMap<>();

  private final CertificateAuthority authority;
  private final Map<CertificateSpec, KeyAndCertificate> issued = new ConcurrentHashMap<>();

  private final Map<CertificateSpec, KeyAndCertificate> portable = new ConcurrentHashMap<>();

  private JvmKeys(int year) {
    Instant begin = LocalDate.ofYearDay(year, 1).atStartOfDay(ZoneOffset.UTC).toInstant();
    authority = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, new VirtualClock(begin));
  }

  /** Loaded when the first server is made. */
  private static final class Signing {
    static final KeyPair PAIR = KeyKind.EC.generate();
    static final ServiceAccountKeys KEYS = ServiceAccountKeys.of(List.of(ISSUER), PAIR.getPrivate(), List.of(PAIR.getPublic()));
  }

  /** The keys for clusters whose time begins then. */
  static JvmKeys at(Instant begin) {
    return BY_YEAR.computeIfAbsent(begin.atZone(ZoneOffset.UTC).getYear(), JvmKeys::new);
  }

  static ServiceAccountKeys serviceAccounts() {
    return Signing.KEYS;
  }

  CertificateAuthority authority() {
    return authority;
  }

  /** The client certificate of a user. */
  KeyAndCertificate identity(String user, String... groups) {
    return issued.computeIfAbsent(client(user, groups), wanted -> authority.issue(wanted, KeyKind.EC));
  }

  /** A key and certificate that leave the process: RSA, because the Fabric8 client takes a PKCS #8 key for one. */
  KeyAndCertificate portable(String user, String... groups) {
    return portable.computeIfAbsent(client(user, groups), wanted -> authority.issue(wanted, KeyKind.RSA));
  }

  private static CertificateSpec client(String user, String... groups) {
    return new CertificateSpec(user, List.of(groups), Set.of(CertificateSpec.Usage.CLIENT), List.of(), List.of(), VALID);
  }

  /** The certificate of a server that is reached under these names. */
  KeyAndCertificate serving(CertificateSpec names) {
    CertificateSpec spec =
        new CertificateSpec(names.commonName(), List.of(), names.usages(), names.dnsNames(), names.addresses(), VALID);
    return issued.computeIfAbsent(spec, wanted -> authority.issue(wanted, KeyKind.EC));
  }
}
