package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The clock of one process on shared virtual time, with a wall clock that may be wrong, and a process that may stand still. */
final class FreezableClock implements Clock {
  private final VirtualClock shared;
  private final Duration skew;
  private final List<Runnable> missed = new ArrayList<>();
  private boolean frozen;

  FreezableClock(VirtualClock shared, Duration skew) {
    this.shared = shared;
    this.skew = skew;
  }

  boolean isFrozen() {
    return frozen;
  }

  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    List<Runnable> late = List.copyOf(missed);
    missed.clear();
    late.forEach(Runnable::run);
  }

  @Override
  public Instant now() {
    return shared.now().plus(skew);
  }

  @Override
  public long nanos() {
    return shared.nanos();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return shared.after(delay, () -> runUnlessFrozen(task));
  }

  private void runUnlessFrozen(Runnable task) {
    if (frozen) {
      missed.add(task);
    } else {
      task.run();
    }
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    shared.sleep(duration);
  }
}
