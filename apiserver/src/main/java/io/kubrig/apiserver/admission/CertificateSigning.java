package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Who issues a certificate, or says that it failed, must be allowed to for its signer. (Source: plugin/pkg/admission/certificates/signing.)
 */
public final class CertificateSigning implements AdmissionPlugin {
  private final Supplier<Authorizer> authorizer;

  public CertificateSigning(Supplier<Authorizer> authorizer) {
    this.authorizer = authorizer;
  }

  @Override
  public String name() {
    return "CertificateSigning";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.updates() || !request.is("certificates.k8s.io", "certificatesigningrequests") || !request.isThrough("status")) {
      return;
    }
    Tree status = request.object().tree("status");
    Tree old = request.old().tree("status");
    boolean same = Objects.equals(status.get("certificate"), old.get("certificate"))
        && status.list("conditions").equals(old.list("conditions"));
    String signer = request.old().tree("spec").string("signerName");
    if (!same && !Signers.permits(authorizer.get(), request.operation().user(), "sign", signer)) {
      throw request.forbidden("user not permitted to sign requests with signerName \"" + signer + "\"");
    }
  }
}
