package io.kubrig.testkit.operator;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.Timer;
import java.util.TimerTask;

/**
 * A {@link Timer} that goes by a clock.
 *
 * <p>Each task also waits, for longer than anybody lives, in the real timer: only so does the task know whether it has been cancelled.
 */
final class ClockTimer extends Timer {
  private static final Duration NEVER = Duration.ofDays(36_500);

  private final Clock clock;

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
}
