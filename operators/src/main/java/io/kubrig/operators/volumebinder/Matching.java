package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Selector;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Which volume suits a claim. */
final class Matching {
  private Matching() {}

  /** The class a claim asks for; empty text for none. */
  static String classOf(PersistentVolumeClaim claim) {
    String annotated = Objects.annotations(claim).get(Names.BETA_CLASS);
    String named = annotated != null ? annotated : claim.getSpec().getStorageClassName();
    return named == null ? "" : named;
  }

  /** The class a volume is of; empty text for none. */
  static String classOf(PersistentVolume volume) {
    String annotated = Objects.annotations(volume).get(Names.BETA_CLASS);
    String named = annotated != null ? annotated : volume.getSpec().getStorageClassName();
    return named == null ? "" : named;
  }

  static Quantity requested(PersistentVolumeClaim claim) {
    return amount(claim.getSpec().getResources() == null ? null : claim.getSpec().getResources().getRequests());
  }

  static Quantity capacity(PersistentVolume volume) {
    return amount(volume.getSpec().getCapacity());
  }

  private static Quantity amount(Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
    var storage = Objects.orEmpty(amounts).get("storage");
    return storage == null ? Quantity.ZERO : Quantity.parse(storage.toString());
  }

  /** Whether a volume is reserved for or bound to a claim. */
  static boolean isFor(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference ref = volume.getSpec().getClaimRef();
    return ref != null && claim.getMetadata().getName().equals(ref.getName())
        && claim.getMetadata().getNamespace().equals(ref.getNamespace())
        && (uid(ref).isEmpty() || uid(ref).equals(claim.getMetadata().getUid()));
  }

  static String uid(ObjectReference ref) {
    return ref.getUid() == null ? "" : ref.getUid();
  }

  static boolean modesDiffer(PersistentVolume volume, PersistentVolumeClaim claim) {
    String wanted = claim.getSpec().getVolumeMode() == null ? "Filesystem" : claim.getSpec().getVolumeMode();
    String offered = volume.getSpec().getVolumeMode() == null ? "Filesystem" : volume.getSpec().getVolumeMode();
    return !wanted.equals(offered);
  }

  private static boolean accessible(PersistentVolume volume, PersistentVolumeClaim claim) {
    return Objects.orEmpty(volume.getSpec().getAccessModes()).containsAll(Objects.orEmpty(claim.getSpec().getAccessModes()));
  }

  private static String attributes(String name) {
    return name == null ? "" : name;
  }

  private static boolean attributesDiffer(PersistentVolume volume, PersistentVolumeClaim claim) {
    return !attributes(volume.getSpec().getVolumeAttributesClassName()).equals(attributes(claim.getSpec().getVolumeAttributesClassName()));
  }

  /** Why a volume that a claim names does not suit it; empty when it does. */
  static Optional<String> objection(PersistentVolume volume, PersistentVolumeClaim claim) {
    if (capacity(volume).compareTo(requested(claim)) < 0) {
      return Optional.of("requested PV is too small");
    }
    if (!classOf(volume).equals(classOf(claim))) {
      return Optional.of("storageClassName does not match");
    }
    if (attributesDiffer(volume, claim)) {
      return Optional.of("volumeAttributesClassName does not match");
    }
    if (modesDiffer(volume, claim)) {
      return Optional.of("incompatible volumeMode");
    }
    return accessible(volume, claim) ? Optional.empty() : Optional.of("incompatible accessMode");
  }

  /**
   * The volume that is reserved for a claim, or else the smallest one that suits.
   *
   * @param delayed whether the scheduler chooses, so that only a reserved one counts
   */
  static Optional<PersistentVolume> best(PersistentVolumeClaim claim, List<PersistentVolume> volumes, boolean delayed) {
    List<PersistentVolume> fitting = volumes.stream()
        .filter(volume -> volume.getSpec() != null && (volume.getSpec().getClaimRef() == null || isFor(volume, claim)))
        .filter(volume -> accessible(volume, claim) && capacity(volume).compareTo(requested(claim)) >= 0)
        .filter(volume -> !modesDiffer(volume, claim) && !attributesDiffer(volume, claim) && !Objects.isTerminating(volume))
        .sorted(Comparator.comparing(Matching::capacity).thenComparing(volume -> volume.getMetadata().getName())).toList();
    Optional<PersistentVolume> reserved = fitting.stream().filter(volume -> isFor(volume, claim)).findFirst();
    if (reserved.isPresent() || delayed) {
      return reserved;
    }
    Stream<PersistentVolume> free = fitting.stream()
        .filter(volume -> volume.getStatus() != null && "Available".equals(volume.getStatus().getPhase()))
        .filter(volume -> classOf(volume).equals(classOf(claim)));
    if (claim.getSpec().getSelector() != null) {
      Selector selector = Selector.of(claim.getSpec().getSelector());
      free = free.filter(volume -> selector.matches(volume.getMetadata().getLabels()));
    }
    return free.findFirst();
  }
}
