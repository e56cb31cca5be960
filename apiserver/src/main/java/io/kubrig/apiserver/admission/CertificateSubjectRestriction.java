package io.kubrig.apiserver.admission;

import io.kubrig.machinery.tree.Tree;
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

/** No client certificate makes anybody a member of system:masters. (Source: plugin/pkg/admission/certificates/subjectrestriction.) */
public final class CertificateSubjectRestriction implements AdmissionPlugin {
  private static final String CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
  private static final String MASTERS = "system:masters";
  private static final String HEADER = "-----BEGIN CERTIFICATE REQUEST-----";
  private static final String FOOTER = "-----END CERTIFICATE REQUEST-----";

  @Override
  public String name() {
    return "CertificateSubjectRestriction";
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.creates() || !request.is("certificates.k8s.io", "certificatesigningrequests") || !request.isMain()) {
      return;
    }
    Tree spec = request.object().tree("spec");
    if (!spec.string("signerName").equals(CLIENT_SIGNER)) {
      return;
    }
    List<String> organizations;
    try {
      organizations = organizations(spec.string("request"));
    } catch (IOException | IllegalArgumentException e) {
      throw request.forbidden("failed to parse CSR: " + e.getMessage());
    }
    if (organizations.contains(MASTERS)) {
      throw request.forbidden("use of " + CLIENT_SIGNER + " signer with " + MASTERS + " group is not allowed");
    }
  }

  /** Of the subject of a request: base64 of PEM of PKCS#10. */
  private static List<String> organizations(String encoded) throws IOException {
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
