package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.function.Supplier;

/**
 * Who publishes the roots of a signer must be allowed to attest for it. (Source: plugin/pkg/admission/certificates/ctbattest, KEP-3257.)
 */
public final class ClusterTrustBundleAttest implements AdmissionPlugin {
  private final Supplier<Authorizer> authorizer;

  public ClusterTrustBundleAttest(Supplier<Authorizer> authorizer) {
    this.authorizer = authorizer;
  }

  @Override
  public String name() {
    return "ClusterTrustBundleAttest";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    boolean written = request.creates() || request.updates();
    if (!written || !request.is("certificates.k8s.io", "clustertrustbundles") || !request.isMain()) {
      return;
    }
    Tree spec = request.object().tree("spec");
    String signer = spec.string("signerName");
    boolean same = request.old() != null && request.old().tree("spec").equals(spec);
    if (!same && !signer.isEmpty() && !Signers.permits(authorizer.get(), request.operation().user(), "attest", signer)) {
      throw request.forbidden("user not permitted to attest for signerName \"" + signer + "\"");
    }
  }
}
