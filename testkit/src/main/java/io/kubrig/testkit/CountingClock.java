package io.kubrig.testkit;

import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.clock.Tally;
import java.time.Duration;
import java.time.Instant;

/** The time of the machine, for a cluster that is to know when it has come to rest. */
record CountingClock(Clock time, Tally tally) implements Clock {
  @Override
  public Instant now() {
    return time.now();
  }

  @Override
  public long nanos() {
    return time.nanos();
  }

  @Override
  public Timer after(Duration delay, Runnable task) {
    return time.after(
        delay,
        () -> {
          try (Activity.Work work = tally.begin("timer")) {
            task.run();
          }
        });
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    time.sleep(duration);
  }

  @Override
  public Activity activity() {
    return tally;
  }
}
