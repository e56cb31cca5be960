package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import java.util.HashMap;
import java.util.Map;

/** What one claim for storage takes of a quota. */
final class ClaimUsage {
  private static final String OF_CLASS = ".storageclass.storage.k8s.io/";
  private static final String STORAGE = "requests.storage";
  private static final String CLAIMS = "persistentvolumeclaims";
  private static final String BETA_CLASS = "volume.beta.kubernetes.io/storage-class";

  private ClaimUsage() {}

  static boolean covers(String name) {
    return name.equals(STORAGE) || name.equals(CLAIMS) || name.equals("count/" + CLAIMS) || name.contains(OF_CLASS);
  }

  static Map<String, Quantity> of(PersistentVolumeClaim claim) {
    Map<String, Quantity> usage = new HashMap<>();
    usage.put(CLAIMS, Usage.one());
    usage.put("count/" + CLAIMS, Usage.one());
    if (claim.getSpec() == null) {
      return usage;
    }
    String annotated = Objects.annotations(claim).get(BETA_CLASS);
    String storageClass = annotated != null ? annotated : claim.getSpec().getStorageClassName();
    if (storageClass != null && !storageClass.isEmpty()) {
      usage.put(storageClass + OF_CLASS + CLAIMS, Usage.one());
    }
    var requests = claim.getSpec().getResources() == null ? null : claim.getSpec().getResources().getRequests();
    var wanted = Objects.orEmpty(requests).get("storage");
    if (wanted != null) {
      Quantity amount = allocated(claim).max(Usage.of(wanted));
      usage.put(STORAGE, amount);
      if (storageClass != null && !storageClass.isEmpty()) {
        usage.put(storageClass + OF_CLASS + STORAGE, amount);
      }
    }
    return usage;
  }

  private static Quantity allocated(PersistentVolumeClaim claim) {
    var allocated = claim.getStatus() == null ? null : Objects.orEmpty(claim.getStatus().getAllocatedResources()).get("storage");
    return allocated == null ? Quantity.ZERO : Usage.of(allocated);
  }
}
