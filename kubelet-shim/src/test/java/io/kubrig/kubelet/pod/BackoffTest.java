package io.kubrig.kubelet.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private final VirtualClock clock = new VirtualClock(Pods.START);
  private final Backoff backoff = new Backoff(clock, Duration.ofSeconds(10), Duration.ofMinutes(5));

  @Test
  void the_first_failure_need_not_wait() {
    assertThat(backoff.remaining("k", clock.now())).isZero();
  }

  @Test
  void the_wait_doubles_up_to_the_longest() {
    for (int seconds : new int[] {10, 20, 40, 80, 160, 300, 300}) {
      backoff.failed("k", clock.now());
      assertThat(backoff.delay("k")).isEqualTo(Duration.ofSeconds(seconds));
      clock.advance(Duration.ofSeconds(seconds));
    }
  }

  @Test
  void the_wait_counts_from_the_end_of_the_run() {
    backoff.failed("k", clock.now());
    clock.advance(Duration.ofSeconds(4));
    assertThat(backoff.remaining("k", Pods.START)).isEqualTo(Duration.ofSeconds(6));
  }

  @Test
  void ten_good_minutes_forget_all_failures() {
    backoff.failed("k", clock.now());
    backoff.failed("k", clock.now());
    clock.advance(Duration.ofMinutes(10).plusSeconds(1));
    assertThat(backoff.remaining("k", clock.now())).isZero();
    backoff.failed("k", clock.now());
    assertThat(backoff.delay("k")).isEqualTo(Duration.ofSeconds(10));
  }
}
