package io.kubrig.apiserver.admission;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x500.style.IETFUtils;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * Whom a certificate request is for. A class of its own, so that the library that reads requests, whose signed jar takes a third of a
 * second to be verified, is loaded with the first request and not with the server.
 */
final class CertificateSubject {
  private static final String HEADER = "-----BEGIN CERTIFICATE REQUEST-----";
  private static final String FOOTER = "-----END CERTIFICATE REQUEST-----";

  private CertificateSubject() {}

  /** Of the subject of a request: base64 of PEM of PKCS#10. */
  static List<String> organizations(String encoded) throws IOException {
    String pem = new String(Base64.getDecoder().decode(encoded), StandardCharsets.US_ASCII);
    int begin = pem.indexOf(HEADER);
    int end = pem.indexOf(FOOTER);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException("PEM block type must be CERTIFICATE REQUEST");
    }
    byte[] der = Base64.getMimeDecoder().decode(pem.substring(begin + HEADER.length(), end));
    List<String> organizations = new ArrayList<>();
    for (RDN name : new PKCS10CertificationRequest(der).getSubject().getRDNs()) {
      for (AttributeTypeAndValue part : name.getTypesAndValues()) {
        if (part.getType().equals(BCStyle.O)) {
          organizations.add(IETFUtils.valueToString(part.getValue()));
        }
      }
    }
    return organizations;
  }
}
