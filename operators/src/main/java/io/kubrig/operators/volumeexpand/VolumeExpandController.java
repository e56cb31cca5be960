package io.kubrig.operators.volumeexpand;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.events.EventRecorder;
import java.util.Map;

/**
 * Notices claims that want to grow. No volume plugin of the tree expands any more: all is left to external controllers. Keys are claims.
 */
public final class VolumeExpandController implements Controller {
  private final Cached<PersistentVolumeClaim> claims;
  private final EventRecorder events;

  /** A controller in a manager. */
  public VolumeExpandController(ControllerContext context) {
    this.claims = context.caches().of(PersistentVolumeClaim.class);
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
    claims.get(key).filter(VolumeExpandController::grows).ifPresent(claim -> events.normal(claim, "ExternalExpanding",
        "waiting for an external controller to expand this PVC"));
    return Outcome.DONE;
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
