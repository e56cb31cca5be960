package io.kubrig.machinery.clock;

import java.time.Duration;

/** A task that puts itself back on the clock after each run; runs never overlap. */
final class RepeatingTimer implements Clock.Timer {
  private final Clock clock;
  private final Duration period;
  private final Runnable task;
  private boolean cancelled;
  private Clock.Timer next;

  RepeatingTimer(Clock clock, Duration period, Runnable task) {
    this.clock = clock;
    this.period = period;
    this.task = task;
    arm();
  }

  private synchronized void arm() {
    if (!cancelled) {
      next = clock.after(period, this::run);
    }
  }

  private void run() {
    try {
      task.run();
    } finally {
      arm();
    }
  }

  @Override
  public synchronized boolean cancel() {
    cancelled = true;
    return next.cancel();
  }
}
