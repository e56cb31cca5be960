package io.kubrig.operators.statefulset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetPersistentVolumeClaimRetentionPolicy;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Claims;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The persistent volume claims of a set's pods, and who owns them as the set's retention policy says. */
final class PodClaims {
  private static final String DELETE = "Delete";

  private PodClaims() {}

  /** Owners that a claim is to have. */
  private record Owners(boolean set, boolean pod) {}

  static String name(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
    return template.getMetadata().getName() + "-" + set.getMetadata().getName() + "-" + ordinal;
  }

  /** The claims that the pod of a number is to have. */
  static List<PersistentVolumeClaim> of(StatefulSet set, int ordinal) {
    List<PersistentVolumeClaim> claims = new ArrayList<>();
    for (PersistentVolumeClaim template : Objects.orEmpty(set.getSpec().getVolumeClaimTemplates())) {
      PersistentVolumeClaim claim = Objects.copy(template);
      claim.getMetadata().setName(name(set, template, ordinal));
      claim.getMetadata().setNamespace(set.getMetadata().getNamespace());
      Map<String, String> labels = new LinkedHashMap<>(Objects.labels(claim));
      labels.putAll(Objects.orEmpty(set.getSpec().getSelector().getMatchLabels()));
      claim.getMetadata().setLabels(labels);
      claim.setStatus(null);
      claims.add(claim);
    }
    return claims;
  }

  /** The claims of a pod that do not exist yet. */
  static List<PersistentVolumeClaim> missing(StatefulSet set, int ordinal, Function<String, Optional<PersistentVolumeClaim>> known) {
    return of(set, ordinal).stream().filter(claim -> known.apply(claim.getMetadata().getName()).isEmpty()).toList();
  }

  /** Whether a claim is still bound to the life of an earlier pod of that name, and hence about to go. */
  static boolean isStale(StatefulSet set, String podName, int ordinal, Function<String, Optional<PersistentVolumeClaim>> known) {
    return deletes(set) && of(set, ordinal).stream().flatMap(claim -> known.apply(claim.getMetadata().getName()).stream())
        .flatMap(claim -> Objects.orEmpty(claim.getMetadata().getOwnerReferences()).stream())
        .anyMatch(owner -> owner.getKind().equals("Pod") && owner.getApiVersion().equals("v1") && owner.getName().equals(podName));
  }

  /** The pod's existing claims whose owners are not those of the policy, with the right ones. */
  static List<PersistentVolumeClaim> toUpdate(StatefulSet set, Pod pod, Function<String, Optional<PersistentVolumeClaim>> known) {
    List<PersistentVolumeClaim> updates = new ArrayList<>();
    for (PersistentVolumeClaim wanted : of(set, Identity.ordinal(pod))) {
      known.apply(wanted.getMetadata().getName()).flatMap(claim -> updated(set, pod, claim)).ifPresent(updates::add);
    }
    return updates;
  }

  private static Optional<PersistentVolumeClaim> updated(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    Owners owners = owners(set, pod);
    boolean foreign = Objects.controllerOf(claim).filter(owner -> !owner.getUid().equals(set.getMetadata().getUid())
        && !owner.getUid().equals(pod.getMetadata().getUid())).isPresent();
    if (foreign || owns(set, claim) == owners.set() && owns(pod, claim) == owners.pod()) {
      return Optional.empty();
    }
    PersistentVolumeClaim copy = Objects.copy(claim);
    List<OwnerReference> references = new ArrayList<>(Objects.orEmpty(copy.getMetadata().getOwnerReferences()));
    references.removeIf(reference -> reference.getUid().equals(set.getMetadata().getUid())
        || reference.getUid().equals(pod.getMetadata().getUid()));
    if (owners.set()) {
      references.add(Claims.controllerReference(set));
    }
    if (owners.pod()) {
      references.add(Claims.controllerReference(pod));
    }
    copy.getMetadata().setOwnerReferences(references);
    return Optional.of(copy);
  }

  private static boolean owns(HasMetadata owner, PersistentVolumeClaim claim) {
    return Objects.orEmpty(claim.getMetadata().getOwnerReferences()).stream()
        .anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
  }

  private static Owners owners(StatefulSet set, Pod pod) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    boolean scaled = policy != null && DELETE.equals(policy.getWhenScaled());
    boolean deleted = policy != null && DELETE.equals(policy.getWhenDeleted());
    boolean surplus = !Identity.inRange(set, pod);
    return new Owners(deleted && !(scaled && surplus), scaled && surplus);
  }

  private static boolean deletes(StatefulSet set) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    return policy != null && (DELETE.equals(policy.getWhenScaled()) || DELETE.equals(policy.getWhenDeleted()));
  }
}
