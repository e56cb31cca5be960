package io.kubrig.e2e;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Waits for what comes about by itself, where nothing can be watched. */
final class Eventually {
  private static final Duration BETWEEN = Duration.ofMillis(200);

  private Eventually() {}

  /** Looks again and again until what it sees is as wished, and returns that; fails with the last look after the limit. */
  static <T> T see(String what, Duration limit, Supplier<T> look, Predicate<T> wished) {
    Clock clock = Clock.system();
    long end = clock.nanos() + limit.toNanos();
    while (true) {
      T seen = look.get();
      if (wished.test(seen)) {
        return seen;
      }
      if (clock.nanos() > end) {
        throw new AssertionError("no " + what + " within " + limit.toSeconds() + " s; last seen: " + seen);
      }
      try {
        clock.sleep(BETWEEN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while waiting for " + what, e);
      }
    }
  }
}
