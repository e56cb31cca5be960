package io.kubrig.testkit.operator;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;

/**
 * A {@link Timer} that goes by a clock.
 *
 * <p>Each task that runs once also waits, for longer than anybody lives, in the real timer: only so does the task know whether it has been
 * cancelled. Tasks that run again and again end with the timer.
 */
final class ClockTimer extends Timer {
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final Clock clock;
  private final List<Clock.Timer> repeated = new ArrayList<>(); // guarded by itself
  private boolean cancelled; // guarded by repeated

  ClockTimer(Clock clock) {
    super("operator timers", true);
    this.clock = clock;
  }

  @Override
  public void schedule(TimerTask task, long delayMillis) {
    super.schedule(task, NEVER.toMillis());
    clock.after(
        Duration.ofMillis(delayMillis),
        () -> {
          if (task.cancel()) {
            task.run();
          }
        });
  }

  @Override
  public void schedule(TimerTask task, long delayMillis, long periodMillis) {
    keep(clock.after(
        Duration.ofMillis(delayMillis),
        () -> {
          task.run();
          keep(clock.every(Duration.ofMillis(periodMillis), task));
        }));
  }

  private void keep(Clock.Timer timer) {
    synchronized (repeated) {
      if (cancelled) {
        timer.cancel();
      } else {
        repeated.add(timer);
      }
    }
  }

  @Override
  public void cancel() {
    super.cancel();
    synchronized (repeated) {
      cancelled = true;
      repeated.forEach(Clock.Timer::cancel);
      repeated.clear();
    }
  }
}
