package io.kubrig.operators.resourceclaim;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodResourceClaimStatus;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimBuilder;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaimTemplate;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How pods and their claims refer to each other. */
public final class PodClaims {
  /** The annotation of a generated claim that names the pod's entry. */
  static final String ENTRY = "resource.kubernetes.io/pod-claim-name";

  private static final int NAME_LIMIT = 253 - 5;

  private PodClaims() {}

  /** The claims that a pod asks for. */
  public static List<PodResourceClaim> entries(Pod pod) {
    return Objects.orEmpty(pod.getSpec().getResourceClaims());
  }

  /** Whether a pod needs its claims no longer: it has ended, or it goes away before it came to a node. */
  static boolean isDone(Pod pod) {
    return Pods.isFinished(pod) || Objects.isTerminating(pod) && !Pods.isAssigned(pod);
  }

  /** The name of an entry's claim, where there is one already. */
  public static Optional<String> name(Pod pod, PodResourceClaim entry) {
    if (entry.getResourceClaimName() != null) {
      return Optional.of(entry.getResourceClaimName());
    }
    return pod.getStatus() == null ? Optional.empty() : Objects.orEmpty(pod.getStatus().getResourceClaimStatuses()).stream()
        .filter(status -> entry.getName().equals(status.getName())).map(PodResourceClaimStatus::getResourceClaimName)
        .filter(java.util.Objects::nonNull).findFirst();
  }

  /** A claim for an entry, out of its template. */
  static ResourceClaim claim(Pod pod, PodResourceClaim entry, ResourceClaimTemplate template) {
    ObjectMeta metadata = template.getSpec().getMetadata() == null ? new ObjectMeta() : template.getSpec().getMetadata();
    Map<String, String> annotations = new HashMap<>(Objects.orEmpty(metadata.getAnnotations()));
    annotations.put(ENTRY, entry.getName());
    String prefix = pod.getMetadata().getName() + "-" + entry.getName() + "-";
    return new ResourceClaimBuilder().withNewMetadata()
        .withGenerateName(prefix.length() > NAME_LIMIT ? prefix.substring(0, NAME_LIMIT) : prefix)
        .withNamespace(pod.getMetadata().getNamespace()).withLabels(metadata.getLabels()).withAnnotations(annotations)
        .withOwnerReferences(new OwnerReferenceBuilder().withApiVersion("v1").withKind("Pod").withName(pod.getMetadata().getName())
            .withUid(pod.getMetadata().getUid()).withController(true).build())
        .endMetadata().withSpec(Objects.copy(template.getSpec().getSpec())).build();
  }
}
