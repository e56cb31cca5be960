package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;

/** Volumes, claims and their attributes stay while they are used. (Source: plugin/pkg/admission/storage/storageobjectinuseprotection.) */
public final class StorageObjectInUseProtection implements AdmissionPlugin {
  private static final Map<String, String> FINALIZERS =
      Map.of(
          "persistentvolumes", "kubernetes.io/pv-protection",
          "persistentvolumeclaims", "kubernetes.io/pvc-protection",
          "volumeattributesclasses.storage.k8s.io", "kubernetes.io/vac-protection");

  @Override
  public String name() {
    return "StorageObjectInUseProtection";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    String finalizer = FINALIZERS.get(request.operation().resource().qualifiedName());
    if (finalizer == null || !request.creates() || !request.isMain()) {
      return;
    }
    Tree metadata = request.object().need("metadata");
    if (!metadata.strings("finalizers").contains(finalizer)) {
      metadata.needList("finalizers").add(finalizer);
    }
  }
}
