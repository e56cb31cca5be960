package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.registry.Operation.Verb;
import java.util.function.Supplier;

/** Who approves a certificate must be allowed to for its signer. (Source: plugin/pkg/admission/certificates/approval.) */
public final class CertificateApproval implements AdmissionPlugin {
  private final Supplier<Authorizer> authorizer;

  public CertificateApproval(Supplier<Authorizer> authorizer) {
    this.authorizer = authorizer;
  }

  @Override
  public String name() {
    return "CertificateApproval";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.updates() || !request.is("certificates.k8s.io", "certificatesigningrequests") || !request.isThrough("approval")) {
      return;
    }
    String signer = request.old().tree("spec").string("signerName");
    if (!Signers.permits(authorizer.get(), request.operation().user(), "approve", signer)) {
      throw request.forbidden("user not permitted to approve requests with signerName \"" + signer + "\"");
    }
  }
}
