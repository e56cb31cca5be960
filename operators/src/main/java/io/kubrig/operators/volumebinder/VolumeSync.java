package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import java.util.Optional;
import java.util.function.Consumer;

/** What becomes of one volume. */
final class VolumeSync {
  private final Api api;
  private final Cached<PersistentVolumeClaim> claims;
  private final Binding binding;
  private final Reclaiming reclaiming;
  private final EventRecorder events;

  VolumeSync(Api api, Cached<PersistentVolumeClaim> claims, Binding binding, Reclaiming reclaiming, EventRecorder events) {
    this.api = api;
    this.claims = claims;
    this.binding = binding;
    this.reclaiming = reclaiming;
    this.events = events;
  }

  /** @param wake puts a claim into the queue */
  void sync(PersistentVolume given, Consumer<Key> wake) {
    PersistentVolume volume = binding.migrated(given);
    ObjectReference ref = volume.getSpec().getClaimRef();
    if (ref == null || Matching.uid(ref).isEmpty()) {
      binding.phase(volume, "Available", "");
      return;
    }
    Optional<PersistentVolumeClaim> claim = claim(ref);
    if (claim.isEmpty()) {
      reclaim(volume);
      return;
    }
    String bound = claim.get().getSpec().getVolumeName();
    if (bound == null || bound.isEmpty()) {
      if (Matching.modesDiffer(volume, claim.get())) {
        String name = claim.get().getMetadata().getName();
        events.warning(volume, "VolumeMismatch",
            "Cannot bind PersistentVolume to requested PersistentVolumeClaim \"" + name + "\" due to incompatible volumeMode.");
        events.warning(claim.get(), "VolumeMismatch", "Cannot bind PersistentVolume \"" + volume.getMetadata().getName()
            + "\" to requested PersistentVolumeClaim \"" + name + "\" due to incompatible volumeMode.");
        return;
      }
      wake.accept(Key.of(claim.get()));
    } else if (bound.equals(volume.getMetadata().getName())) {
      binding.phase(volume, "Bound", "");
    } else if (Objects.annotations(volume).containsKey(Names.PROVISIONED_BY)
        && "Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
      reclaim(volume);
    } else {
      binding.release(volume);
    }
  }

  /** A volume is not there any more. */
  void gone(String volume) {
    reclaiming.gone(volume);
  }

  /** The claim of exactly this uid; the server has the last word about one that seems to be gone. */
  private Optional<PersistentVolumeClaim> claim(ObjectReference ref) {
    Optional<PersistentVolumeClaim> known = claims.get(ref.getNamespace(), ref.getName())
        .filter(c -> ref.getUid().equals(c.getMetadata().getUid()));
    return known.or(() -> api.live(PersistentVolumeClaim.class, ref.getNamespace(), ref.getName())
        .filter(c -> ref.getUid().equals(c.getMetadata().getUid())));
  }

  private void reclaim(PersistentVolume volume) {
    String phase = volume.getStatus() == null ? "" : String.valueOf(volume.getStatus().getPhase());
    boolean ended = phase.equals("Released") || phase.equals("Failed");
    reclaiming.reclaim(ended ? volume : binding.phase(volume, "Released", ""));
  }
}
