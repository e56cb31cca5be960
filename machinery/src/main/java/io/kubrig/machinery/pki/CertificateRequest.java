package io.kubrig.machinery.pki;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A request for a certificate (PKCS #10, RFC 2986) whose signature has been checked.
 *
 * @param subject the encoded name
 * @param commonName the last common name in it; empty text for none
 * @param organizations the organizations in it, in order
 * @param names the alternative names that are asked for
 */
public record CertificateRequest(byte[] subject, String commonName, List<String> organizations, PublicKey key, Names names) {
  private static final Pattern PEM =
      Pattern.compile("-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]*)-----END (?:NEW )?CERTIFICATE REQUEST-----");
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String ORGANIZATION = "2.5.4.10";
  private static final String EXTENSIONS = "1.2.840.113549.1.9.14";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final Map<String, String> SIGNATURES = Map.of(
      "1.2.840.113549.1.1.11", "SHA256withRSA", "1.2.840.113549.1.1.12", "SHA384withRSA", "1.2.840.113549.1.1.13", "SHA512withRSA",
      "1.2.840.10045.4.3.2", "SHA256withECDSA", "1.2.840.10045.4.3.3", "SHA384withECDSA", "1.2.840.10045.4.3.4", "SHA512withECDSA",
      "1.3.101.112", "Ed25519");
  private static final String RSA_PSS = "1.2.840.113549.1.1.10";
  private static final Map<String, String> BROKEN = Map.of(
      "1.2.840.113549.1.1.4", "MD5-RSA", "1.2.840.113549.1.1.5", "SHA1-RSA", "1.2.840.10045.4.1", "ECDSA-SHA1");

  /** Alternative names by kind. */
  public record Names(List<String> dns, List<String> emails, List<InetAddress> addresses, List<String> uris) {
    /** No names at all. */
    static final Names NONE = new Names(List.of(), List.of(), List.of(), List.of());

    public Names {
      dns = List.copyOf(dns);
      emails = List.copyOf(emails);
      addresses = List.copyOf(addresses);
      uris = List.copyOf(uris);
    }
  }

  /**
   * Reads a request.
   *
   * @throws PkiException it is none, or its signature is not by its key; with a cause when it may be a good one, of a kind that cannot be
   *     checked here
   */
  public static CertificateRequest parse(String pem) {
    Matcher block = PEM.matcher(pem);
    if (!block.find()) {
      throw new PkiException("PEM block type must be CERTIFICATE REQUEST");
    }
    try {
      return read(Base64.getMimeDecoder().decode(block.group(1).strip()));
    } catch (IllegalArgumentException | UnknownHostException | GeneralSecurityException e) {
      throw new PkiException("the certificate request cannot be read: " + e.getMessage(), e);
    }
  }

  private static CertificateRequest read(byte[] encoded) throws GeneralSecurityException, UnknownHostException {
    DerReader all = new DerReader(encoded);
    DerReader request = all.enter(0x30);
    if (!all.isEmpty()) {
      throw new PkiException("asn1: syntax error: trailing data");
    }
    byte[] info = request.whole();
    String algorithm = request.enter(0x30).oid();
    byte[] signature = request.bits();
    DerReader fields = new DerReader(info).enter(0x30);
    fields.content(0x02);
    byte[] subject = fields.whole();
    PublicKey key = key(fields.whole());
    check(algorithm, key, info, signature);
    Names names = fields.tag() == 0xa0 ? names(fields.enter(0xa0)) : Names.NONE;
    List<String> commonNames = attributes(subject, COMMON_NAME);
    return new CertificateRequest(subject, commonNames.isEmpty() ? ""
        : commonNames.getLast(), attributes(subject, ORGANIZATION), key, names);
  }

  private static PublicKey key(byte[] encoded) throws GeneralSecurityException {
    String oid = new DerReader(encoded).enter(0x30).enter(0x30).oid();
    String algorithm = switch (oid) {
      case "1.2.840.10045.2.1" -> "EC";
      case "1.3.101.112" -> "Ed25519";
      default -> "RSA";
    };
    return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(encoded));
  }

  private static void check(String algorithm, PublicKey key, byte[] info, byte[] signature) throws GeneralSecurityException {
    if (BROKEN.containsKey(algorithm)) {
      throw new PkiException("x509: cannot verify signature: insecure algorithm " + BROKEN.get(algorithm));
    }
    if (algorithm.equals(RSA_PSS)) {
      throw new NoSuchAlgorithmException("RSASSA-PSS");
    }
    String name = Optional.ofNullable(SIGNATURES.get(algorithm))
        .orElseThrow(() -> new PkiException("x509: cannot verify signature: algorithm unimplemented"));
    Signature check = Signature.getInstance(name);
    check.initVerify(key);
    check.update(info);
    if (!verifies(check, signature)) {
      throw new PkiException(switch (key.getAlgorithm()) {
        case "RSA" -> "crypto/rsa: verification error";
        case "EC" -> "x509: ECDSA verification failure";
        default -> "x509: Ed25519 verification failure";
      });
    }
  }

  private static boolean verifies(Signature check, byte[] signature) {
    try {
      return check.verify(signature);
    } catch (SignatureException e) {
      return false; // not even the form of a signature
    }
  }

  private static List<String> attributes(byte[] name, String type) {
    List<String> values = new ArrayList<>();
    for (DerReader sets = new DerReader(name).enter(0x30); !sets.isEmpty(); ) {
      for (DerReader set = sets.enter(0x31); !set.isEmpty(); ) {
        DerReader attribute = set.enter(0x30);
        String oid = attribute.oid();
        byte[] value = attribute.content(attribute.tag());
        if (oid.equals(type)) {
          values.add(new String(value, StandardCharsets.UTF_8));
        }
      }
    }
    return values;
  }

  private static Names names(DerReader attributes) throws UnknownHostException {
    while (!attributes.isEmpty()) {
      DerReader attribute = attributes.enter(0x30);
      if (attribute.oid().equals(EXTENSIONS)) {
        for (DerReader extensions = attribute.enter(0x31).enter(0x30); !extensions.isEmpty(); ) {
          DerReader extension = extensions.enter(0x30);
          boolean wanted = extension.oid().equals(ALTERNATIVE_NAMES);
          if (extension.tag() == 0x01) {
            extension.content(0x01);
          }
          if (wanted) {
            return names(extension.content(0x04));
          }
        }
      }
    }
    return Names.NONE;
  }

  private static Names names(byte[] encoded) throws UnknownHostException {
    List<String> dns = new ArrayList<>();
    List<String> emails = new ArrayList<>();
    List<InetAddress> addresses = new ArrayList<>();
    List<String> uris = new ArrayList<>();
    for (DerReader names = new DerReader(encoded).enter(0x30); !names.isEmpty(); ) {
      int tag = names.tag();
      byte[] value = names.content(tag);
      switch (tag) {
        case 0x81 -> emails.add(new String(value, StandardCharsets.US_ASCII));
        case 0x82 -> dns.add(new String(value, StandardCharsets.US_ASCII));
        case 0x86 -> uris.add(new String(value, StandardCharsets.US_ASCII));
        case 0x87 -> addresses.add(InetAddress.getByAddress(value));
        default -> {
          // other kinds of names are not passed on
        }
      }
    }
    return new Names(dns, emails, addresses, uris);
  }
}
