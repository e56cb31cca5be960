package io.kubrig.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SyncRunnerTest {
  private final VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final SyncRunner runner = new SyncRunner(clock, Duration.ofSeconds(1));

  /** Lets time go to the next planned sync and answers how long that took. */
  private Duration untilNext() throws InterruptedException {
    Instant begun = clock.now();
    clock.advance(Duration.between(begun, clock.nextDue().orElseThrow()));
    runner.await();
    return Duration.between(begun, clock.now());
  }

  @Test
  void the_first_call_is_answered_at_once_and_later_ones_together_after_the_minimum_period() throws InterruptedException {
    runner.request();
    assertThat(untilNext()).isZero();
    clock.advance(Duration.ofMillis(300));
    runner.request();
    runner.request();
    assertThat(untilNext()).isEqualTo(Duration.ofMillis(700));
    assertThat(clock.nextDue()).as("both calls were answered by one sync").isEmpty();
  }

  @Test
  void an_earlier_call_replaces_a_planned_one() throws InterruptedException {
    runner.request();
    untilNext();
    runner.requestAfter(Duration.ofSeconds(30));
    runner.request();
    assertThat(untilNext()).isEqualTo(Duration.ofSeconds(1));
    assertThat(clock.nextDue()).isEmpty();
  }
}
