package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Gives claims that name no storage class the default one. (Source: plugin/pkg/admission/storage/storageclass/setdefault.) */
public final class DefaultStorageClass implements AdmissionPlugin {
  private static final List<String> MARKS =
      List.of("storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class");

  private final Cluster cluster;

  public DefaultStorageClass(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "DefaultStorageClass";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE;
  }

  @Override
  public void mutate(AdmissionRequest request) {
    if (!request.creates() || !request.is("", "persistentvolumeclaims") || !request.isMain() || Claims.hasClass(request.object())) {
      return;
    }
    DefaultClasses.choose(cluster.list("storage.k8s.io", "storageclasses", ""), MARKS)
        .ifPresent(chosen -> request.object().need("spec").set("storageClassName", chosen.tree("metadata").string("name")));
  }

  /** How claims name their storage class. */
  static final class Claims {
    private static final String BETA = "volume.beta.kubernetes.io/storage-class";

    private Claims() {}

    static boolean hasClass(Tree claim) {
      return claim.at("metadata", "annotations").has(BETA) || claim.tree("spec").get("storageClassName") != null;
    }

    /** "" for none. */
    static String storageClass(Tree claim) {
      Tree annotations = claim.at("metadata", "annotations");
      return annotations.has(BETA) ? annotations.string(BETA) : claim.tree("spec").string("storageClassName");
    }
  }
}
