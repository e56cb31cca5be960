package io.kubrig.operators.engine;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;

/**
 * A key that stands for everything a controller looks at from time to time: at the ends of periods, counted from the start. A controller
 * that has nothing to look at does not ask, and nothing is woken.
 */
public final class Sweeps {
  private final Key key;
  private final Duration period;
  private final Clock clock;
  private final Queue queue;
  private final long beganNanos;
  private volatile boolean asked; // and not begun yet; asking twice does no harm

  /** Periods that begin now. */
  public Sweeps(Key key, Duration period, Clock clock, Queue queue) {
    this.key = key;
    this.period = period;
    this.clock = clock;
    this.queue = queue;
    this.beganNanos = clock.nanos();
  }

  /** Has the key come up at the end of this period. */
  public void ask() {
    if (!asked) {
      asked = true;
      queue.addAfter(key, period.minusNanos(Math.floorMod(clock.nanos() - beganNanos, period.toNanos())));
    }
  }

  /** The key has come up: who asks from now on asks for the next time. */
  public void begun() {
    asked = false;
  }
}
