package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.PermitPlugin;
import io.kubrig.scheduler.framework.ReservePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.state.ClusterState;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Takes for a pod what its chosen node gives, and gives it back. On the scheduling thread. */
final class Reservation {
  private Reservation() {}

  /**
   * What the Permit plugins say.
   *
   * @param status success, wait, or the rejection
   * @param waits for which plugins the pod must wait, and how long at most
   */
  record Permission(Status status, Map<String, Duration> waits) {}

  /** Assumes and reserves; what was done must be undone when the answer is no. */
  static Status take(ClusterState state, Attempt a) {
    state.assume(a.pod());
    for (ReservePlugin p : a.profile().at(ExtensionPoint.RESERVE, ReservePlugin.class)) {
      Status s = p.reserve(a.state(), a.pod(), a.node());
      if (!s.isSuccess()) {
        return s.isRejected() ? s.from(p.name()) : Status.error("running Reserve plugin \"" + p.name() + "\": " + s.message());
      }
    }
    return Status.SUCCESS;
  }

  static Permission permit(Attempt a) {
    Map<String, Duration> waits = new LinkedHashMap<>();
    Status answer = Status.SUCCESS;
    for (PermitPlugin p : a.profile().at(ExtensionPoint.PERMIT, PermitPlugin.class)) {
      PermitPlugin.Result r = p.permit(a.state(), a.pod(), a.node());
      if (r.status().isWait()) {
        waits.put(p.name(), r.timeout());
        answer = r.status();
      } else if (!r.status().isSuccess()) {
        return new Permission(r.status().isRejected() ? r.status().from(p.name())
            : Status.error("running Permit plugin \"" + p.name() + "\": " + r.status().message()), Map.of());
      }
    }
    return new Permission(answer, waits);
  }

  /** Undoes {@link #take}; returns whether the pod was still only assumed. */
  static boolean giveBack(ClusterState state, Attempt a) {
    a.profile().at(ExtensionPoint.RESERVE, ReservePlugin.class).reversed().forEach(p -> p.unreserve(a.state(), a.pod(), a.node()));
    return state.forget(a.pod());
  }
}
