package io.kubrig.machinery.pki;

import io.kubrig.machinery.clock.Clock;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A key that signs certificates (RFC 5280). Leaf certificates hold what kubeadm's hold: critical key usage and basic constraints,
 * extended key usage, the authority's key identifier, and alternative names.
 */
public final class CertificateAuthority {
  private static final Duration TEN_YEARS = Duration.ofDays(3650);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);
  private static final SecureRandom SERIALS = new SecureRandom();
  private static final int SERIAL_BITS = 63;

  private static final String ORGANIZATION = "2.5.4.10";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";

  // bits of KeyUsage: digitalSignature 0x80, keyEncipherment 0x20, keyCertSign 0x04
  private static final int LEAF_USAGE = 0xa0;
  private static final int AUTHORITY_USAGE = 0xa4;

  private final KeyAndCertificate own;
  private final Clock clock;

  public CertificateAuthority(KeyAndCertificate own, Clock clock) {
    this.own = own;
    this.clock = clock;
  }

  /** A new authority that vouches for itself, for ten years. */
  public static CertificateAuthority selfSigned(String commonName, KeyKind kind, Clock clock) {
    KeyPair pair = kind.generate();
    Instant now = clock.now();
    byte[] name = name(List.of(), commonName);
    byte[] keyId = keyIdentifier(pair.getPublic());
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(critical(KEY_USAGE, Der.namedBits(AUTHORITY_USAGE)));
    extensions.add(critical(BASIC_CONSTRAINTS, Der.sequence(Der.TRUE)));
    extensions.add(extension(SUBJECT_KEY_IDENTIFIER, Der.octets(keyId)));
    extensions.add(extension(ALTERNATIVE_NAMES, Der.sequence(dnsName(commonName))));
    X509Certificate certificate =
        sign(pair.getPrivate(), name, name, pair.getPublic(), new Validity(now.minus(CLOCK_SKEW), now.plus(TEN_YEARS)), extensions);
    return new CertificateAuthority(new KeyAndCertificate(pair.getPrivate(), List.of(certificate)), clock);
  }

  /** A serving certificate that nobody vouches for, as components make when no file is named. */
  public static KeyAndCertificate selfSignedServer(String host, List<String> dnsNames, List<InetAddress> addresses, Clock clock) {
    CertificateAuthority authority = selfSigned(host + "-ca@" + clock.now().getEpochSecond(), KeyKind.EC, clock);
    KeyAndCertificate leaf =
        authority.issue(CertificateSpec.server(host + "@" + clock.now().getEpochSecond(), dnsNames, addresses), KeyKind.EC);
    return new KeyAndCertificate(leaf.key(), List.of(leaf.certificate(), authority.certificate()));
  }

  public X509Certificate certificate() {
    return own.certificate();
  }

  /** The authority's own key and certificate. */
  public KeyAndCertificate own() {
    return own;
  }

  /** Makes a key and signs a certificate for it. */
  public KeyAndCertificate issue(CertificateSpec spec, KeyKind kind) {
    KeyPair pair = kind.generate();
    return new KeyAndCertificate(pair.getPrivate(), List.of(sign(spec, pair.getPublic())));
  }

  /** Signs a certificate for a key somebody else holds. */
  public X509Certificate sign(CertificateSpec spec, PublicKey subject) {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(critical(KEY_USAGE, Der.namedBits(LEAF_USAGE)));
    if (!spec.usages().isEmpty()) {
      byte[][] usages = spec.usages().stream().sorted().map(usage -> Der.oid(usage.oid())).toArray(byte[][]::new);
      extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(usages)));
    }
    extensions.add(critical(BASIC_CONSTRAINTS, Der.sequence()));
    extensions.add(extension(AUTHORITY_KEY_IDENTIFIER, Der.sequence(Der.tagged(0x80, keyIdentifier(certificate().getPublicKey())))));
    if (!spec.dnsNames().isEmpty() || !spec.addresses().isEmpty()) {
      extensions.add(extension(ALTERNATIVE_NAMES, alternativeNames(spec)));
    }
    Instant now = clock.now();
    Instant authorityEnd = certificate().getNotAfter().toInstant();
    Instant end = now.plus(spec.validity());
    Validity validity = new Validity(now.minus(CLOCK_SKEW), end.isAfter(authorityEnd) ? authorityEnd : end);
    byte[] issuer = certificate().getSubjectX500Principal().getEncoded();
    return sign(own.key(), issuer, name(spec.organizations(), spec.commonName()), subject, validity, extensions);
  }

  /**
   * Signs what a request asks for, as far as it was granted.
   *
   * @param keyUsage the bits of KeyUsage, digitalSignature being 0x80
   * @param usages extended key usages by object identifier
   * @param from when it begins
   * @param to when it ends, unless the authority ends earlier
   */
  public X509Certificate sign(CertificateRequest request, int keyUsage, List<String> usages, Instant from, Instant to) {
    List<byte[]> extensions = new ArrayList<>();
    if (keyUsage != 0) {
      extensions.add(critical(KEY_USAGE, Der.namedBits(keyUsage)));
    }
    if (!usages.isEmpty()) {
      extensions.add(extension(EXTENDED_KEY_USAGE, Der.sequence(usages.stream().map(Der::oid).toArray(byte[][]::new))));
    }
    extensions.add(critical(BASIC_CONSTRAINTS, Der.sequence()));
    extensions.add(extension(AUTHORITY_KEY_IDENTIFIER, Der.sequence(Der.tagged(0x80, keyIdentifier(certificate().getPublicKey())))));
    if (!request.names().equals(CertificateRequest.Names.NONE)) {
      extensions.add(extension(ALTERNATIVE_NAMES, alternativeNames(request.names())));
    }
    Instant end = certificate().getNotAfter().toInstant();
    byte[] issuer = certificate().getSubjectX500Principal().getEncoded();
    return sign(own.key(), issuer, request.subject(), request.key(), new Validity(from, to.isAfter(end) ? end : to), extensions);
  }

  private static X509Certificate sign(
      PrivateKey signer, byte[] issuer, byte[] subject, PublicKey key, Validity validity, List<byte[]> extensions) {
    byte[] algorithm = algorithm(signer);
    byte[] body =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(SERIAL_BITS, SERIALS).add(BigInteger.ONE)),
            algorithm,
            issuer,
            Der.sequence(Der.time(validity.from), Der.time(validity.to)),
            subject,
            key.getEncoded(),
            Der.tagged(0xa3, Der.sequence(extensions.toArray(byte[][]::new))));
    try {
      Signature signature = Signature.getInstance(signatureName(signer));
      signature.initSign(signer);
      signature.update(body);
      byte[] certificate = Der.sequence(body, algorithm, Der.bits(signature.sign()));
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(certificate));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the authority's key cannot sign", e);
    }
  }

  static String signatureName(PrivateKey signer) {
    return isElliptic(signer) ? "SHA256withECDSA" : "SHA256withRSA";
  }

  private static boolean isElliptic(PrivateKey key) {
    return key.getAlgorithm().equals("EC");
  }

  static byte[] algorithm(PrivateKey signer) {
    return isElliptic(signer) ? Der.sequence(Der.oid("1.2.840.10045.4.3.2")) : Der.sequence(Der.oid("1.2.840.113549.1.1.11"), Der.NULL);
  }

  static byte[] name(List<String> organizations, String commonName) {
    List<byte[]> parts = new ArrayList<>();
    organizations.forEach(organization -> parts.add(attribute(ORGANIZATION, organization)));
    parts.add(attribute(COMMON_NAME, commonName));
    return Der.sequence(parts.toArray(byte[][]::new));
  }

  private static byte[] attribute(String oid, String value) {
    return Der.set(Der.sequence(Der.oid(oid), Der.utf8(value)));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.octets(value));
  }

  private static byte[] critical(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.TRUE, Der.octets(value));
  }

  private static byte[] alternativeNames(CertificateSpec spec) {
    List<byte[]> names = new ArrayList<>();
    spec.dnsNames().forEach(name -> names.add(dnsName(name)));
    spec.addresses().forEach(address -> names.add(Der.tagged(0x87, address.getAddress())));
    return Der.sequence(names.toArray(byte[][]::new));
  }

  /** The names of a request, sorted by kind, whatever their order in the request. */
  private static byte[] alternativeNames(CertificateRequest.Names wanted) {
    List<byte[]> names = new ArrayList<>();
    wanted.dns().forEach(name -> names.add(dnsName(name)));
    wanted.emails().forEach(name -> names.add(Der.tagged(0x81, name.getBytes(StandardCharsets.US_ASCII))));
    wanted.addresses().forEach(address -> names.add(Der.tagged(0x87, address.getAddress())));
    wanted.uris().forEach(name -> names.add(Der.tagged(0x86, name.getBytes(StandardCharsets.US_ASCII))));
    return Der.sequence(names.toArray(byte[][]::new));
  }

  static byte[] dnsName(String name) {
    return Der.tagged(0x82, name.getBytes(StandardCharsets.US_ASCII));
  }

  /** The first 160 bits of the SHA-256 of the key (RFC 7093, method 1 over the whole key information). */
  private static byte[] keyIdentifier(PublicKey key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
      return Arrays.copyOf(digest, 20);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JDK offers no SHA-256", e);
    }
  }

  private record Validity(Instant from, Instant to) {}
}
