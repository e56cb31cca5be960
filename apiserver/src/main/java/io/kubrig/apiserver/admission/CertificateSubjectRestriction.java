package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.io.IOException;
import java.util.List;

/** No client certificate makes anybody a member of system:masters. (Source: plugin/pkg/admission/certificates/subjectrestriction.) */
public final class CertificateSubjectRestriction implements AdmissionPlugin {
  private static final String CLIENT_SIGNER = "kubernetes.io/kube-apiserver-client";
  private static final String MASTERS = "system:masters";

  @Override
  public String name() {
    return "CertificateSubjectRestriction";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
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
      organizations = CertificateSubject.organizations(spec.string("request"));
    } catch (IOException | IllegalArgumentException e) {
      throw request.forbidden("failed to parse CSR: " + e.getMessage());
    }
    if (organizations.contains(MASTERS)) {
      throw request.forbidden("use of " + CLIENT_SIGNER + " signer with " + MASTERS + " group is not allowed");
    }
  }
}
