package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;

/**
 * A task of the scheduling thread for the ends of periods, which are counted from the beginning. A period in which nobody asks for it
 * passes without anything being woken, so that a long idle time costs nothing.
 */
final class Rounds {
  private final Clock clock;
  private final EventLoop loop;
  private final long periodNanos;
  private final Runnable task;
  private final long beganNanos;
  private Clock.Timer waiting; // null: nobody has asked since the last round

  Rounds(Clock clock, EventLoop loop, Duration period, Runnable task) {
    this.clock = clock;
    this.loop = loop;
    this.periodNanos = period.toNanos();
    this.task = task;
    this.beganNanos = clock.nanos();
  }

  /** Has the task run at the end of this period. */
  void ask() {
    if (waiting == null) {
      long passed = Math.floorMod(clock.nanos() - beganNanos, periodNanos);
      waiting = clock.after(Duration.ofNanos(periodNanos - passed), () -> loop.post(this::run));
    }
  }

  private void run() {
    waiting = null;
    task.run();
  }

  /** Nothing runs any more. */
  void cancel() {
    if (waiting != null) {
      waiting.cancel();
    }
  }
}
