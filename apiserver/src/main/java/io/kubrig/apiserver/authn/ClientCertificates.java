package io.kubrig.apiserver.authn;

import io.kubrig.apiserver.http.Exchange;
import io.kubrig.machinery.clock.Clock;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;

/**
 * Client certificates of {@code --client-ca-file}: the common name is the user, the organizations are the groups. A chain that was verified
 * is remembered until it expires.
 */
public final class ClientCertificates implements RequestAuthenticator {
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
  private static final String ANY_USAGE = "2.5.29.37.0";
  private static final ASN1ObjectIdentifier UID = new ASN1ObjectIdentifier("1.3.6.1.4.1.57683.2");

  private final Verifier verifier;
  private final BoundedCache<UserInfo> known = new BoundedCache<>(4096);

  public ClientCertificates(List<X509Certificate> authorities, Clock clock) {
    verifier = new Verifier(authorities, clock);
  }

  @Override
  public Identity authenticate(Exchange exchange) {
    List<X509Certificate> chain = exchange.clientCertificates();
    if (chain.isEmpty()) {
      return Identity.NOT_MINE;
    }
    Optional<String> error = verifier.verify(chain);
    if (error.isPresent()) {
      return new Identity.Bad(error.get());
    }
    String print = Verifier.fingerprint(chain.getFirst());
    UserInfo user = known.get(print).orElseGet(() -> user(chain.getFirst(), print));
    if (user.name().isEmpty()) {
      return Identity.NOT_MINE;
    }
    known.put(print, user);
    return new Identity.Known(user);
  }

  private static UserInfo user(X509Certificate certificate, String print) {
    X500Name subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    List<String> names = values(subject, BCStyle.CN);
    List<String> uids = values(subject, UID);
    return new UserInfo(
        names.isEmpty() ? "" : names.getLast(),
        uids.isEmpty() ? "" : uids.getFirst(),
        values(subject, BCStyle.O),
        Map.of("authentication.kubernetes.io/credential-id", List.of("X509SHA256=" + print)));
  }

  static String commonName(X509Certificate certificate) {
    List<String> names = values(X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()), BCStyle.CN);
    return names.isEmpty() ? "" : names.getLast();
  }

  private static List<String> values(X500Name subject, ASN1ObjectIdentifier type) {
    List<String> values = new ArrayList<>();
    for (RDN part : subject.getRDNs(type)) {
      values.add(IETFUtils.valueToString(part.getFirst().getValue()).replace("\\", ""));
    }
    return values;
  }

  /** Verifies chains against some authorities. */
  static final class Verifier {
    private final Set<TrustAnchor> anchors = new HashSet<>();
    private final Clock clock;
    private final BoundedCache<Instant> good = new BoundedCache<>(4096);

    Verifier(List<X509Certificate> authorities, Clock clock) {
      authorities.forEach(authority -> anchors.add(new TrustAnchor(authority, null)));
      this.clock = clock;
    }

    static String fingerprint(X509Certificate certificate) {
      try {
        return HexFormat.of().formatHex(Secrets.sha256(certificate.getEncoded()));
      } catch (java.security.cert.CertificateEncodingException e) {
        throw new IllegalStateException("a certificate has no encoding", e);
      }
    }

    /** What is wrong with a chain, if anything. */
    Optional<String> verify(List<X509Certificate> chain) {
      X509Certificate leaf = chain.getFirst();
      String print = fingerprint(leaf);
      Instant now = clock.now();
      Optional<Instant> until = good.get(print);
      if (until.isPresent() && now.isBefore(until.get())) {
        return Optional.empty();
      }
      try {
        List<String> usages = leaf.getExtendedKeyUsage();
        if (usages != null && !usages.contains(CLIENT_AUTH) && !usages.contains(ANY_USAGE)) {
          return Optional.of("verifying certificate SN=" + leaf.getSerialNumber()
              + " failed: x509: certificate specifies an incompatible key usage");
        }
        List<X509Certificate> path = new ArrayList<>(chain);
        path.removeIf(certificate -> anchors.stream().anyMatch(anchor -> anchor.getTrustedCert().equals(certificate)));
        PKIXParameters parameters = new PKIXParameters(anchors);
        parameters.setRevocationEnabled(false);
        parameters.setDate(Date.from(now));
        CertPathValidator.getInstance("PKIX").validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        good.put(print, leaf.getNotAfter().toInstant());
        return Optional.empty();
      } catch (GeneralSecurityException e) {
        return Optional.of("verifying certificate SN=" + leaf.getSerialNumber() + " failed: " + e.getMessage());
      }
    }
  }
}
