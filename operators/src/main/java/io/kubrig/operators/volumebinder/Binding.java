package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatus;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.volumes.CsiMigration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The writes of the binder. Each does nothing when all is right already. */
final class Binding {
  private final Api api;
  private final Clock clock;

  Binding(Api api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Binds both sides: volume, its phase, claim, its status. */
  void bind(PersistentVolume volume, PersistentVolumeClaim claim) {
    PersistentVolume bound = phase(reserve(volume, claim), "Bound", "");
    PersistentVolumeClaim completed = complete(claim, bound);
    status(completed, "Bound", bound);
  }

  private PersistentVolume reserve(PersistentVolume volume, PersistentVolumeClaim claim) {
    boolean ours = !Matching.isFor(volume, claim);
    ObjectReference ref = volume.getSpec().getClaimRef();
    if (!ours && Matching.uid(ref).equals(claim.getMetadata().getUid())) {
      return volume;
    }
    PersistentVolumeBuilder builder = new PersistentVolumeBuilder(Objects.copy(volume)).editSpec().withClaimRef(reference(claim)).endSpec();
    if (ours) {
      builder.editMetadata().addToAnnotations(Names.BOUND_BY_CONTROLLER, Names.YES).endMetadata();
    }
    return api.update(builder.build());
  }

  private static ObjectReference reference(PersistentVolumeClaim claim) {
    return new ObjectReferenceBuilder().withKind("PersistentVolumeClaim").withApiVersion("v1")
        .withNamespace(claim.getMetadata().getNamespace())
        .withName(claim.getMetadata().getName()).withUid(claim.getMetadata().getUid())
        .withResourceVersion(claim.getMetadata().getResourceVersion()).build();
  }

  private PersistentVolumeClaim complete(PersistentVolumeClaim claim, PersistentVolume volume) {
    String name = volume.getMetadata().getName();
    boolean chosen = !name.equals(claim.getSpec().getVolumeName());
    if (!chosen && Objects.annotations(claim).containsKey(Names.BIND_COMPLETED)) {
      return claim;
    }
    PersistentVolumeClaimBuilder builder = new PersistentVolumeClaimBuilder(Objects.copy(claim)).editSpec().withVolumeName(name).endSpec()
        .editMetadata().addToAnnotations(Names.BIND_COMPLETED, Names.YES).endMetadata();
    if (chosen) {
      builder.editMetadata().addToAnnotations(Names.BOUND_BY_CONTROLLER, Names.YES).endMetadata();
    }
    return api.update(builder.build());
  }

  /** Writes a volume's phase. */
  PersistentVolume phase(PersistentVolume volume, String phase, String message) {
    if (volume.getStatus() != null && phase.equals(volume.getStatus().getPhase())) {
      return volume;
    }
    return api.updateStatus(new PersistentVolumeBuilder(Objects.copy(volume)).editOrNewStatus().withPhase(phase)
        .withMessage(message.isEmpty() ? null : message).withLastPhaseTransitionTime(Objects.time(clock.now())).endStatus().build());
  }

  /** Writes a claim's status. @param volume the one it is bound to, or null. Returns whether the phase changed */
  boolean status(PersistentVolumeClaim claim, String phase, PersistentVolume volume) {
    PersistentVolumeClaimStatus old = claim.getStatus() == null ? new PersistentVolumeClaimStatus() : claim.getStatus();
    boolean turns = !phase.equals(old.getPhase());
    PersistentVolumeClaimStatusBuilder status = new PersistentVolumeClaimStatusBuilder(Objects.copy(old)).withPhase(phase);
    if (volume == null) {
      status.withAccessModes(List.of()).withCapacity(null);
    } else {
      status.withAccessModes(volume.getSpec().getAccessModes());
      Map<String, Quantity> capacity = Objects.orEmpty(old.getCapacity());
      if (turns || capacity.isEmpty()) {
        status.withCapacity(volume.getSpec().getCapacity());
      }
      if (turns) {
        status.withCurrentVolumeAttributesClassName(volume.getSpec().getVolumeAttributesClassName());
      }
    }
    PersistentVolumeClaimStatus fresh = status.build();
    if (!fresh.equals(old)) {
      api.updateStatus(new PersistentVolumeClaimBuilder(Objects.copy(claim)).withStatus(fresh).build());
    }
    return turns;
  }

  /** Lets a volume go: one that a user reserved stays reserved by name. */
  void release(PersistentVolume volume) {
    PersistentVolumeBuilder builder = new PersistentVolumeBuilder(Objects.copy(volume));
    Map<String, String> annotations = new TreeMap<>(Objects.annotations(volume));
    if (annotations.remove(Names.BOUND_BY_CONTROLLER) != null) {
      builder.editMetadata().withAnnotations(annotations).endMetadata().editSpec().withClaimRef(null).endSpec();
    } else {
      builder.editSpec().editClaimRef().withUid(null).withResourceVersion(null).endClaimRef().endSpec();
    }
    phase(api.update(builder.build()), "Available", "");
  }

  /** Writes annotations of a claim; those that are so already cost nothing. */
  PersistentVolumeClaim annotate(PersistentVolumeClaim claim, Map<String, String> annotations) {
    if (Objects.annotations(claim).entrySet().containsAll(annotations.entrySet())) {
      return claim;
    }
    return api.update(new PersistentVolumeClaimBuilder(Objects.copy(claim)).editMetadata().addToAnnotations(annotations).endMetadata()
        .build());
  }

  /** A claim that says which driver does the work of the plugin that was asked to make its volume. */
  PersistentVolumeClaim migrated(PersistentVolumeClaim claim) {
    Map<String, String> annotations = Objects.annotations(claim);
    String provisioner = annotations.getOrDefault(Names.PROVISIONER, annotations.get(Names.BETA_PROVISIONER));
    Optional<Map<String, String>> fresh = provisioner == null ? Optional.empty() : migrated(annotations, provisioner);
    return fresh.map(all -> api.update(new PersistentVolumeClaimBuilder(Objects.copy(claim)).editMetadata().withAnnotations(all)
        .endMetadata().build())).orElse(claim);
  }

  /**
   * A volume that says which driver does the work of the plugin that made it, and is guarded until its content is gone if that is still a
   * plugin of the tree. Those that users made stay as they are.
   */
  PersistentVolume migrated(PersistentVolume volume) {
    String provisioner = Objects.annotations(volume).get(Names.PROVISIONED_BY);
    if (provisioner == null) {
      return volume;
    }
    Optional<Map<String, String>> annotations = migrated(Objects.annotations(volume), provisioner);
    List<String> before = Objects.orEmpty(volume.getMetadata().getFinalizers());
    List<String> after = guards(volume, provisioner);
    if (annotations.isEmpty() && before.equals(after)) {
      return volume;
    }
    return api.update(new PersistentVolumeBuilder(Objects.copy(volume)).editMetadata()
        .withAnnotations(annotations.orElse(Objects.annotations(volume))).withFinalizers(after).endMetadata().build());
  }

  /** The annotations with the driver of a provisioner; empty where they are right. */
  private static Optional<Map<String, String>> migrated(Map<String, String> annotations, String provisioner) {
    String driver = CsiMigration.driver(provisioner).orElse("");
    if (driver.equals(annotations.getOrDefault(Names.MIGRATED_TO, ""))) {
      return Optional.empty();
    }
    Map<String, String> fresh = new TreeMap<>(annotations);
    if (driver.isEmpty()) {
      fresh.remove(Names.MIGRATED_TO);
    } else {
      fresh.put(Names.MIGRATED_TO, driver);
    }
    return Optional.of(fresh);
  }

  /** A volume whose content is gone. */
  PersistentVolume unguarded(PersistentVolume volume) {
    List<String> left = volume.getMetadata().getFinalizers().stream().filter(other -> !Names.IN_TREE_FINALIZER.equals(other)).toList();
    return api.update(new PersistentVolumeBuilder(Objects.copy(volume)).editMetadata().withFinalizers(left).endMetadata().build());
  }

  private static List<String> guards(PersistentVolume volume, String provisioner) {
    List<String> finalizers = new ArrayList<>(Objects.orEmpty(volume.getMetadata().getFinalizers()));
    if (CsiMigration.driver(provisioner).isPresent()) {
      finalizers.remove(Names.IN_TREE_FINALIZER);
    } else if (provisioner.startsWith(Names.IN_TREE)) {
      boolean deletes = "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy());
      finalizers.remove(Names.EXTERNAL_FINALIZER);
      if (!deletes) {
        finalizers.remove(Names.IN_TREE_FINALIZER);
      } else if (!finalizers.contains(Names.IN_TREE_FINALIZER) && !Objects.isTerminating(volume)) {
        finalizers.add(Names.IN_TREE_FINALIZER);
      }
    }
    return finalizers;
  }

  /** Gives a claim without a class the default one. */
  void giveClass(PersistentVolumeClaim claim, String name) {
    api.update(new PersistentVolumeClaimBuilder(Objects.copy(claim)).editSpec().withStorageClassName(name).endSpec().build());
  }
}
