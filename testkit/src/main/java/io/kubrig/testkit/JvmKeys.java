package io.kubrig.testkit;

import io.kubrig.apiserver.authn.ServiceAccountKeys;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.KeyKind;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that the clusters of a JVM share, made when a port is opened or a token is signed: they would take longer than the rest of a
 * start. Who holds a user's certificate is that user in every cluster of the JVM, with the rights that each cluster gives.
 *
 * <p>There is a set of keys for each year that a cluster's time begins in; its certificates are good for ten years from then.
 */
final class JvmKeys {
  static final String ISSUER = "https://kubernetes.default.svc.cluster.local";

  private static final ServiceAccountKeys SIGNING = ServiceAccountKeys.whenNeeded(List.of(ISSUER), KeyKind.EC::generate);
  private static final Duration VALID = Duration.ofDays(3649);
  private static final Map<Integer, JvmKeys> BY_YEAR = new ConcurrentHashMap<>();

  private final Instant begin;
  private CertificateAuthority authority; // null until it is needed; guarded by this
  private final Map<CertificateSpec, KeyAndCertificate> issued = new ConcurrentHashMap<>();

  private final Map<CertificateSpec, KeyAndCertificate> portable = new ConcurrentHashMap<>();

  private JvmKeys(int year) {
    begin = LocalDate.ofYearDay(year, 1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The keys for clusters whose time begins then. */
  static JvmKeys at(Instant begin) {
    return BY_YEAR.computeIfAbsent(begin.atZone(ZoneOffset.UTC).getYear(), JvmKeys::new);
  }

  static ServiceAccountKeys serviceAccounts() {
    return SIGNING;
  }

  synchronized CertificateAuthority authority() {
    if (authority == null) {
      authority = CertificateAuthority.selfSigned("kubernetes", KeyKind.EC, new VirtualClock(begin));
    }
    return authority;
  }

  /** A key and certificate that leave the process: RSA, because the Fabric8 client takes a PKCS #8 key for one. */
  KeyAndCertificate portable(String user, String... groups) {
    return portable.computeIfAbsent(client(user, groups), wanted -> authority().issue(wanted, KeyKind.RSA));
  }

  private static CertificateSpec client(String user, String... groups) {
    return new CertificateSpec(user, List.of(groups), Set.of(CertificateSpec.Usage.CLIENT), List.of(), List.of(), VALID);
  }

  /** The certificate of a server that is reached under these names. */
  KeyAndCertificate serving(CertificateSpec names) {
    CertificateSpec spec =
        new CertificateSpec(names.commonName(), List.of(), names.usages(), names.dnsNames(), names.addresses(), VALID);
    return issued.computeIfAbsent(spec, wanted -> authority().issue(wanted, KeyKind.EC));
  }
}
