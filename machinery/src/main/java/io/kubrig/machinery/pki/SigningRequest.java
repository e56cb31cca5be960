package io.kubrig.machinery.pki;

import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.util.ArrayList;
import java.util.List;

/**
 * What the holder of a key asks a signer to certify (PKCS #10, RFC 2986): a user in groups, and names and addresses.
 *
 * @param commonName the user
 * @param organizations the groups, in order
 * @param dnsNames the host names it is to be good for
 * @param addresses the addresses it is to be good for
 */
public record SigningRequest(String commonName, List<String> organizations, List<String> dnsNames, List<InetAddress> addresses) {
  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  private static final String ALTERNATIVE_NAMES = "2.5.29.17";
  private static final int ATTRIBUTES = 0xa0;

  public SigningRequest {
    organizations = List.copyOf(organizations);
    dnsNames = List.copyOf(dnsNames);
    addresses = List.copyOf(addresses);
  }

  /** A request for a client certificate: a user in groups. */
  public static SigningRequest client(String user, String... groups) {
    return new SigningRequest(user, List.of(groups), List.of(), List.of());
  }

  /** The request as PEM, signed by the key that is to be certified. */
  public String signedBy(KeyPair pair) {
    byte[] info = Der.sequence(
        Der.integer(BigInteger.ZERO),
        CertificateAuthority.name(organizations, commonName),
        pair.getPublic().getEncoded(),
        attributes());
    try {
      Signature signature = Signature.getInstance(CertificateAuthority.signatureName(pair.getPrivate()));
      signature.initSign(pair.getPrivate());
      signature.update(info);
      byte[] request = Der.sequence(info, CertificateAuthority.algorithm(pair.getPrivate()), Der.bits(signature.sign()));
      return PemFiles.block("CERTIFICATE REQUEST", request);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key cannot sign its request", e);
    }
  }

  private byte[] attributes() {
    if (dnsNames.isEmpty() && addresses.isEmpty()) {
      return Der.tagged(ATTRIBUTES);
    }
    List<byte[]> names = new ArrayList<>();
    dnsNames.forEach(name -> names.add(CertificateAuthority.dnsName(name)));
    addresses.forEach(address -> names.add(Der.tagged(0x87, address.getAddress())));
    byte[] alternatives = Der.sequence(Der.oid(ALTERNATIVE_NAMES), Der.octets(Der.sequence(names.toArray(byte[][]::new))));
    return Der.tagged(ATTRIBUTES, Der.sequence(Der.oid(EXTENSION_REQUEST), Der.set(Der.sequence(alternatives))));
  }
}
