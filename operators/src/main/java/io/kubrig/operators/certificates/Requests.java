package io.kubrig.operators.certificates;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequestCondition;
import io.kubrig.machinery.pki.CertificateRequest;
import io.kubrig.operators.engine.Objects;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** The state of a signing request. */
final class Requests {
  static final String APPROVED = "Approved";
  static final String DENIED = "Denied";
  static final String FAILED = "Failed";

  private Requests() {}

  static Optional<CertificateSigningRequestCondition> condition(CertificateSigningRequest request, String type) {
    return request.getStatus() == null ? Optional.empty()
        : Objects.orEmpty(request.getStatus().getConditions()).stream().filter(c -> type.equals(c.getType())).findFirst();
  }

  static boolean has(CertificateSigningRequest request, String type) {
    return condition(request, type).isPresent();
  }

  /** The certificates in PEM that were issued. */
  static Optional<String> certificate(CertificateSigningRequest request) {
    String encoded = request.getStatus() == null ? null : request.getStatus().getCertificate();
    return encoded == null || encoded.isEmpty() ? Optional.empty()
        : Optional.of(new String(Base64.getDecoder().decode(encoded), StandardCharsets.ISO_8859_1));
  }

  /** What is asked for. @throws io.kubrig.machinery.pki.PkiException it cannot be read */
  static CertificateRequest parse(CertificateSigningRequest request) {
    return CertificateRequest.parse(new String(Base64.getDecoder().decode(request.getSpec().getRequest()), StandardCharsets.ISO_8859_1));
  }
}
