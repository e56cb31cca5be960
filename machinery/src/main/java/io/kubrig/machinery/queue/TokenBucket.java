package io.kubrig.machinery.queue;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;

/** Permits that refill at a steady rate up to a burst; taking one tells how long to wait before using it. */
public final class TokenBucket {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clock clock;
  private final double perNano;
  private final int burst;
  private double tokens;
  private long lastNanos;

  /** Unit of {@code perSecond}: permits per second; {@code burst} permits are there at the beginning. */
  public TokenBucket(Clock clock, double perSecond, int burst) {
    this.clock = clock;
    this.perNano = perSecond / NANOS_PER_SECOND;
    this.burst = burst;
    this.tokens = burst;
    this.lastNanos = clock.nanos();
  }

  /** Takes one permit, if need be one of the future, and returns how long it takes until it is there. */
  public synchronized Duration reserve() {
    refill();
    tokens -= 1;
    return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil(-tokens / perNano));
  }

  /** Takes one permit when one is there now. */
  public synchronized boolean tryTake() {
    refill();
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  private void refill() {
    long now = clock.nanos();
    tokens = Math.min(burst, tokens + (now - lastNanos) * perNano);
    lastNanos = now;
  }
}
