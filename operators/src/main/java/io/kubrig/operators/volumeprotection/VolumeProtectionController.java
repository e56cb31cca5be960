package io.kubrig.operators.volumeprotection;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import java.util.Optional;

/** Keeps volumes that are bound. Keys are volumes. */
public final class VolumeProtectionController implements Controller {
  private final Cached<PersistentVolume> volumes;
  private final Finalizers finalizers;

  /** A controller in a manager. */
  public VolumeProtectionController(ControllerContext context) {
    this.volumes = context.caches().of(PersistentVolume.class);
    this.finalizers = new Finalizers(context.api(), "kubernetes.io/pv-protection");
  }

  @Override
  public void watch(Queue queue) {
    volumes.watch(added -> queue.add(Key.of(added)), (before, after) -> queue.add(Key.of(after)), gone -> { });
  }

  @Override
  public Outcome reconcile(Key key) {
    Optional<PersistentVolume> volume = volumes.get(key);
    boolean bound = volume.filter(v -> v.getStatus() != null && "Bound".equals(v.getStatus().getPhase())).isPresent();
    volume.filter(finalizers::isMissing).ifPresent(finalizers::add);
    volume.filter(v -> finalizers.holds(v) && !bound).ifPresent(finalizers::remove);
    return Outcome.DONE;
  }
}
