package io.kubrig.machinery.informers;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to leave a server alone: from 0.8 seconds doubling to thirty, up to twice that by chance, and from the beginning again after two
 * minutes without any. (Source: client-go's reflector, 1.36.)
 */
final class Pauses {
  static final Duration FIRST = Duration.ofMillis(800);
  static final Duration LAST = Duration.ofSeconds(30);
  private static final Duration FORGET = Duration.ofMinutes(2);

  private final Clock clock;
  private final RandomGenerator random;
  private Duration next = FIRST;
  private long askedNanos;

  Pauses(Clock clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
    this.askedNanos = clock.nanos();
  }

  Duration next() {
    long now = clock.nanos();
    if (now - askedNanos > FORGET.toNanos()) {
      next = FIRST;
    }
    askedNanos = now;
    Duration base = next;
    Duration doubled = base.multipliedBy(2);
    next = doubled.compareTo(LAST) > 0 ? LAST : doubled;
    return base.plusNanos((long) (random.nextDouble() * base.toNanos()));
  }
}
