package io.kubrig.apiserver.flowcontrol;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.http.Query;
import io.kubrig.apiserver.http.RequestInfo;
import java.util.concurrent.Semaphore;

/**
 * Two limits, {@code --max-requests-inflight} and {@code --max-mutating-requests-inflight}; what is above them is refused at once, except
 * of system:masters. Used when priority and fairness is switched off.
 */
public final class InFlightLimit implements FlowControl {
  private final Semaphore reading;
  private final Semaphore mutating;

  /** @param maxReading 0 for no limit, likewise {@code maxMutating} */
  public InFlightLimit(int maxReading, int maxMutating) {
    reading = new Semaphore(maxReading == 0 ? Integer.MAX_VALUE : maxReading);
    mutating = new Semaphore(maxMutating == 0 ? Integer.MAX_VALUE : maxMutating);
  }

  @Override
  public Seat seat(UserInfo user, RequestInfo info, Query query) {
    if (info.isLongRunning()) {
      return FREE;
    }
    Semaphore room = info.isReadOnly() ? reading : mutating;
    if (!room.tryAcquire()) {
      return user.in("system:masters") ? FREE : REFUSED;
    }
    return new Seat() {
      @Override
      public boolean admitted() {
        return true;
      }

      @Override
      public void close() {
        room.release();
      }
    };
  }
}
