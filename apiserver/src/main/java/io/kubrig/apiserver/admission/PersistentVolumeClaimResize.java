package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.admission.DefaultStorageClass.Claims;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;

/** Claims grow only where their storage class lets them. (Source: plugin/pkg/admission/storage/persistentvolume/resize.) */
public final class PersistentVolumeClaimResize implements AdmissionPlugin {
  private final Cluster cluster;

  public PersistentVolumeClaimResize(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "PersistentVolumeClaimResize";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    if (!request.updates() || !request.is("", "persistentvolumeclaims") || !request.isMain()) {
      return;
    }
    Tree claim = request.object();
    Tree old = request.old();
    if (size(claim).compareTo(size(old)) <= 0) {
      return;
    }
    if (!old.tree("status").string("phase").equals("Bound")) {
      throw request.forbidden("Only bound persistent volume claims can be expanded");
    }
    String storageClass = Claims.storageClass(claim);
    boolean allowed =
        !storageClass.isEmpty()
            && storageClass.equals(Claims.storageClass(old))
            && cluster.get("storage.k8s.io", "storageclasses", "", storageClass).filter(found -> found.bool("allowVolumeExpansion"))
                .isPresent();
    if (!allowed) {
      throw request.forbidden(
          "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }
  }

  private static Quantity size(Tree claim) {
    return ResourceAmounts.of(claim.at("spec", "resources", "requests")).getOrDefault("storage", Quantity.ZERO);
  }
}
