package io.kubrig.proxy;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;

/**
 * Calls for syncs, brought together: the first one is answered at once, those that follow within the minimum period by one sync at its end.
 * One thread waits in {@link #await}.
 */
final class SyncRunner {
  private final Clock clock;
  private final Duration minimum;
  private final Semaphore due = new Semaphore(0);
  // guarded by this
  private Clock.Timer timer;
  private Instant plannedFor;
  private Instant lastBegun = Instant.MIN;

  SyncRunner(Clock clock, Duration minimum) {
    this.clock = clock;
    this.minimum = minimum;
  }

  /** Asks for a sync as soon as the minimum period allows. */
  void request() {
    requestAfter(Duration.ZERO);
  }

  /** Asks for a sync after a while, unless one comes earlier. */
  synchronized void requestAfter(Duration delay) {
    Instant now = clock.now();
    Instant earliest = lastBegun.equals(Instant.MIN) ? now : lastBegun.plus(minimum);
    Instant at = now.plus(delay).isBefore(earliest) ? earliest : now.plus(delay);
    if (plannedFor != null && !at.isBefore(plannedFor)) {
      return;
    }
    if (timer != null) {
      timer.cancel();
    }
    plannedFor = at;
    timer = clock.after(Duration.between(now, at), due::release);
  }

  /** Blocks until a sync is due. */
  void await() throws InterruptedException {
    due.acquire();
    due.drainPermits();
    synchronized (this) {
      plannedFor = null;
      lastBegun = clock.now();
    }
  }
}
