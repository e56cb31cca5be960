package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimStatus;
import io.fabric8.kubernetes.api.model.resource.v1.AllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimConsumerReference;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.Index;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which claims a pod uses, and what claims say. */
final class Claims {
  private Claims() {}

  /** A pod's claims are not all there. */
  static final class Missing extends Exception {
    private static final long serialVersionUID = 1L;

    Missing(String message) {
      super(message);
    }
  }

  /** The claims a pod names, in its order. A claim that was intentionally not made from its template is left out. */
  static List<ResourceClaim> of(Pod pod, Index<ResourceClaim> index) throws Missing {
    List<ResourceClaim> out = new ArrayList<>();
    for (PodResourceClaim use : pod.spec().footprint().claims()) {
      boolean fromTemplate = use.getResourceClaimName() == null;
      Optional<String> name = fromTemplate ? generated(pod, use) : Optional.of(use.getResourceClaimName());
      if (name.isEmpty()) {
        continue;
      }
      ResourceClaim claim = index.find(pod.namespace(), name.get())
          .orElseThrow(() -> new Missing("could not find ResourceClaim \"" + pod.namespace() + "/" + name.get() + "\""));
      if (claim.getMetadata().getDeletionTimestamp() != null) {
        throw new Missing("resourceclaim \"" + name.get() + "\" is being deleted");
      }
      if (fromTemplate && !isControlledBy(claim, pod)) {
        throw new Missing("ResourceClaim " + key(claim) + " was not created for Pod " + pod.key() + " (Pod is not owner)");
      }
      out.add(claim);
    }
    return out;
  }

  private static Optional<String> generated(Pod pod, PodResourceClaim use) throws Missing {
    if (use.getResourceClaimTemplateName() == null) {
      throw new Missing("pod \"" + pod.key() + "\", spec.resourceClaim \"" + use.getName() + "\": none of the supported fields are set");
    }
    List<PodResourceClaimStatus> statuses =
        pod.source() == null || pod.source().getStatus() == null ? List.of() : pod.source().getStatus().getResourceClaimStatuses();
    for (PodResourceClaimStatus s : statuses) {
      if (s.getName().equals(use.getName())) {
        return Optional.ofNullable(s.getResourceClaimName());
      }
    }
    throw new Missing("pod \"" + pod.key() + "\": ResourceClaim not created yet");
  }

  /** Whether the pod is the controller of a claim. */
  static boolean isControlledBy(ResourceClaim claim, Pod pod) {
    for (OwnerReference o : claim.getMetadata().getOwnerReferences()) {
      if (Boolean.TRUE.equals(o.getController()) && o.getUid().equals(pod.uid())) {
        return true;
      }
    }
    return false;
  }

  /** {@code namespace/name}. */
  static String key(ResourceClaim claim) {
    return Index.key(claim);
  }

  static Optional<AllocationResult> allocation(ResourceClaim claim) {
    return claim.getStatus() == null ? Optional.empty() : Optional.ofNullable(claim.getStatus().getAllocation());
  }

  static boolean isAllocated(ResourceClaim claim) {
    return allocation(claim).isPresent();
  }

  static List<ResourceClaimConsumerReference> users(ResourceClaim claim) {
    return claim.getStatus() == null ? List.of() : claim.getStatus().getReservedFor();
  }

  static boolean isReservedFor(ResourceClaim claim, Pod pod) {
    return users(claim).stream().anyMatch(u -> pod.uid().equals(u.getUid()));
  }

  /** Whether nobody but (perhaps) the pod uses it. */
  static boolean isFreeBut(ResourceClaim claim, Pod pod) {
    List<ResourceClaimConsumerReference> users = users(claim);
    return users.isEmpty() || users.size() == 1 && pod.uid().equals(users.getFirst().getUid());
  }
}
