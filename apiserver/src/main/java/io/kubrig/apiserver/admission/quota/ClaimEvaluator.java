package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Persistent volume claims: their number and their storage, in all and per storage class. */
final class ClaimEvaluator implements Evaluator {
  private static final String CLAIMS = "persistentvolumeclaims";
  private static final String STORAGE = "requests.storage";
  private static final String PER_CLASS = ".storageclass.storage.k8s.io/";
  private static final Set<String> RESOURCES = Set.of("count/" + CLAIMS, CLAIMS, STORAGE);

  @Override
  public boolean handles(AdmissionRequest request) {
    return (request.creates() || request.updates()) && request.isMain();
  }

  @Override
  public boolean counts(String resource) {
    return RESOURCES.contains(resource) || resource.endsWith(PER_CLASS + CLAIMS) || resource.endsWith(PER_CLASS + STORAGE);
  }

  @Override
  public boolean isIn(Scope scope, Tree claim) {
    if (!scope.name().equals("VolumeAttributesClass")) {
      return false;
    }
    Set<String> classes = new HashSet<>();
    Tree status = claim.tree("status");
    classes.add(claim.tree("spec").string("volumeAttributesClassName"));
    classes.add(status.string("currentVolumeAttributesClassName"));
    classes.add(status.tree("modifyVolumeStatus").string("targetVolumeAttributesClassName"));
    classes.remove("");
    return scope.matchesAny(classes);
  }

  @Override
  public Map<String, Quantity> usage(Tree claim) {
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("count/" + CLAIMS, Quantity.of(1));
    usage.put(CLAIMS, Quantity.of(1));
    String storageClass = storageClass(claim);
    Quantity storage = storage(claim);
    if (storage != null) {
      usage.put(STORAGE, storage);
    }
    if (!storageClass.isEmpty()) {
      usage.put(storageClass + PER_CLASS + CLAIMS, Quantity.of(1));
      if (storage != null) {
        usage.put(storageClass + PER_CLASS + STORAGE, storage);
      }
    }
    return usage;
  }

  /** What is asked for, or what is still being allocated of an expansion that was taken back. */
  private static Quantity storage(Tree claim) {
    Quantity requested = ResourceAmounts.of(claim.at("spec", "resources", "requests")).get("storage");
    Quantity allocated = ResourceAmounts.of(claim.at("status", "allocatedResources")).get("storage");
    return requested == null || allocated == null ? requested : requested.max(allocated);
  }

  /** The class by the annotation that once named it, else by its field. */
  private static String storageClass(Tree claim) {
    Tree annotations = claim.at("metadata", "annotations");
    String beta = "volume.beta.kubernetes.io/storage-class";
    return annotations.has(beta) ? annotations.string(beta) : claim.tree("spec").string("storageClassName");
  }
}
