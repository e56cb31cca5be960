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
import java.util.stream.Stream;

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

  /** The names of a pod's claims that are about to go. */
  static List<String> leaving(StatefulSet set, int ordinal, Function<String, Optional<PersistentVolumeClaim>> known) {
    return existing(set, ordinal, known).filter(Objects::isTerminating).map(claim -> claim.getMetadata().getName()).toList();
  }

  /** Whether a claim is still bound to the life of an earlier pod of that name, and hence about to go. */
  static boolean isStale(StatefulSet set, String podName, int ordinal, Function<String, Optional<PersistentVolumeClaim>> known) {
    return whenScaled(set) && existing(set, ordinal, known)
        .flatMap(claim -> references(claim).stream()).anyMatch(owner -> isNamed(owner, "v1", "Pod", podName));
  }

  /** The pod's existing claims whose owners are not those of the policy, with the right ones. */
  static List<PersistentVolumeClaim> toUpdate(StatefulSet set, Pod pod, Function<String, Optional<PersistentVolumeClaim>> known) {
    return existing(set, Identity.ordinal(pod), known).filter(claim -> !isRight(set, pod, claim)).map(claim -> righted(set, pod, claim))
        .toList();
  }

  /** The names of the pod's claims that somebody else controls, for whom the policy does not hold. */
  static List<String> foreign(StatefulSet set, Pod pod, Function<String, Optional<PersistentVolumeClaim>> known) {
    return existing(set, Identity.ordinal(pod), known).filter(claim -> isForeign(set, pod, claim))
        .map(claim -> claim.getMetadata().getName()).toList();
  }

  private static Stream<PersistentVolumeClaim> existing(
      StatefulSet set, int ordinal, Function<String, Optional<PersistentVolumeClaim>> known) {
    return Objects.orEmpty(set.getSpec().getVolumeClaimTemplates()).stream().flatMap(t -> known.apply(name(set, t, ordinal)).stream());
  }

  private static boolean isRight(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    if (isStaleReference(set, claim) || isStaleReference(pod, claim)) {
      return true; // of an earlier set or pod of that name: the garbage collector sees to it
    }
    if (isForeign(set, pod, claim)) {
      return !owns(set, claim) && !owns(pod, claim);
    }
    boolean halfOwned = references(claim).stream().anyMatch(reference -> !Boolean.TRUE.equals(reference.getController())
        && (reference.getUid().equals(set.getMetadata().getUid()) || reference.getUid().equals(pod.getMetadata().getUid())));
    Owners owners = owners(set, pod);
    return !halfOwned && owns(set, claim) == owners.set() && owns(pod, claim) == owners.pod();
  }

  private static boolean isForeign(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    if (!whenScaled(set) && !whenDeleted(set)) {
      return false;
    }
    return references(claim).stream().anyMatch(reference -> {
      if (names(reference, set) || names(reference, pod)) {
        return !reference.getUid().equals((names(reference, set) ? set : pod).getMetadata().getUid());
      }
      return Boolean.TRUE.equals(reference.getController());
    });
  }

  private static PersistentVolumeClaim righted(StatefulSet set, Pod pod, PersistentVolumeClaim claim) {
    PersistentVolumeClaim copy = Objects.copy(claim);
    List<OwnerReference> left = new ArrayList<>(references(copy));
    left.removeIf(reference -> names(reference, set) || names(reference, pod));
    if (!isForeign(set, pod, claim)) {
      Owners owners = owners(set, pod);
      if (owners.set()) {
        left.add(Claims.controllerReference(set));
      }
      if (owners.pod()) {
        left.add(Claims.controllerReference(pod));
      }
    }
    copy.getMetadata().setOwnerReferences(left);
    return copy;
  }

  private static boolean isStaleReference(HasMetadata owner, PersistentVolumeClaim claim) {
    return references(claim).stream().filter(reference -> names(reference, owner)).findFirst()
        .filter(reference -> !reference.getUid().equals(owner.getMetadata().getUid())).isPresent();
  }

  private static boolean names(OwnerReference reference, HasMetadata owner) {
    return isNamed(reference, owner.getApiVersion(), owner.getKind(), owner.getMetadata().getName());
  }

  private static boolean isNamed(OwnerReference reference, String version, String kind, String name) {
    return version.equals(reference.getApiVersion()) && kind.equals(reference.getKind()) && name.equals(reference.getName());
  }

  private static boolean owns(HasMetadata owner, PersistentVolumeClaim claim) {
    return references(claim).stream().anyMatch(reference -> reference.getUid().equals(owner.getMetadata().getUid()));
  }

  private static List<OwnerReference> references(PersistentVolumeClaim claim) {
    return Objects.orEmpty(claim.getMetadata().getOwnerReferences());
  }

  private static Owners owners(StatefulSet set, Pod pod) {
    boolean surplus = !Identity.inRange(set, pod);
    return new Owners(whenDeleted(set) && !(whenScaled(set) && surplus), whenScaled(set) && surplus);
  }

  private static boolean whenScaled(StatefulSet set) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    return policy != null && DELETE.equals(policy.getWhenScaled());
  }

  private static boolean whenDeleted(StatefulSet set) {
    StatefulSetPersistentVolumeClaimRetentionPolicy policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
    return policy != null && DELETE.equals(policy.getWhenDeleted());
  }
}
