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
import java.util.List;
import java.util.Map;
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

  /** Gives a claim without a class the default one. */
  void giveClass(PersistentVolumeClaim claim, String name) {
    api.update(new PersistentVolumeClaimBuilder(Objects.copy(claim)).editSpec().withStorageClassName(name).endSpec().build());
  }
}
