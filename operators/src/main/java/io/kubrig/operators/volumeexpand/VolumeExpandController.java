package io.kubrig.operators.volumeexpand;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.volumes.CsiMigration;
import java.util.Map;
import java.util.Optional;

/**
 * Notices claims that want to grow. No volume plugin of the tree expands any more: all is left to external controllers. Keys are claims.
 */
public final class VolumeExpandController implements Controller {
  private static final String RESIZER = "volume.kubernetes.io/storage-resizer";

  private final Api api;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<PersistentVolume> volumes;
  private final EventRecorder events;

  /** A controller in a manager. */
  public VolumeExpandController(ControllerContext context) {
    this.api = context.api();
    this.claims = context.caches().of(PersistentVolumeClaim.class);
    this.volumes = context.caches().of(PersistentVolume.class);
    this.events = context.events("volume_expand");
  }

  @Override
  public void watch(Queue queue) {
    claims.watch(added -> queue.add(Key.of(added)), (before, after) -> {
      if (wanted(after).compareTo(wanted(before)) > 0) {
        queue.add(Key.of(after));
      }
    }, gone -> { });
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<PersistentVolumeClaim> claim = claims.get(key).filter(VolumeExpandController::grows);
    if (claim.isEmpty()) {
      return Outcome.DONE;
    }
    Optional<PersistentVolume> volume = volumes.get("", String.valueOf(claim.get().getSpec().getVolumeName()))
        .filter(found -> isOf(found, claim.get()));
    if (volume.isEmpty()) {
      return Outcome.RETRY; // the binder is not done with them yet
    }
    Optional<String> plugin = CsiMigration.plugin(volume.get());
    if (plugin.isPresent()) {
      events.normal(claim.get(), "ExternalExpanding",
          "CSI migration enabled for " + plugin.get() + "; waiting for external resizer to expand the pvc");
      hand(claim.get(), CsiMigration.driver(plugin.get()).orElseThrow());
    } else {
      events.normal(claim.get(), "ExternalExpanding", "waiting for an external controller to expand this PVC");
    }
    return Outcome.DONE;
  }

  private static boolean isOf(PersistentVolume volume, PersistentVolumeClaim claim) {
    ObjectReference ref = volume.getSpec().getClaimRef();
    return ref != null && claim.getMetadata().getNamespace().equals(ref.getNamespace())
        && claim.getMetadata().getUid().equals(ref.getUid());
  }

  /** Says who resizes. */
  private void hand(PersistentVolumeClaim claim, String driver) {
    if (!driver.equals(Objects.annotations(claim).get(RESIZER))) {
      api.update(new PersistentVolumeClaimBuilder(Objects.copy(claim)).editMetadata().addToAnnotations(RESIZER, driver).endMetadata()
          .build());
    }
  }

  static boolean grows(PersistentVolumeClaim claim) {
    boolean bound = claim.getStatus() != null && "Bound".equals(claim.getStatus().getPhase());
    return bound && wanted(claim).compareTo(amount(claim.getStatus().getCapacity())) > 0;
  }

  private static Quantity wanted(PersistentVolumeClaim claim) {
    return amount(claim.getSpec().getResources() == null ? null : claim.getSpec().getResources().getRequests());
  }

  private static Quantity amount(Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
    var storage = Objects.orEmpty(amounts).get("storage");
    return storage == null ? Quantity.ZERO : Quantity.parse(storage.toString());
  }
}
