package io.kubrig.machinery.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final List<String> ran = new ArrayList<>();

  @Test
  void runs_timers_in_order_of_time_then_of_creation() {
    clock.after(Duration.ofSeconds(2), () -> ran.add("c"));
    clock.after(Duration.ofSeconds(1), () -> ran.add("a"));
    clock.after(Duration.ofSeconds(1), () -> ran.add("b"));
    clock.advance(Duration.ofSeconds(2));
    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(clock.now()).isEqualTo(Instant.EPOCH.plusSeconds(2));
  }

  @Test
  void a_repeating_timer_runs_once_per_period_until_cancelled() {
    Clock.Timer timer = clock.every(Duration.ofSeconds(1), () -> ran.add(clock.now().toString()));
    clock.advance(Duration.ofSeconds(3));
    assertThat(ran).hasSize(3);
    timer.cancel();
    clock.advance(Duration.ofSeconds(3));
    assertThat(ran).hasSize(3);
  }

  @Test
  void a_cancelled_timer_never_runs() {
    Clock.Timer timer = clock.after(Duration.ofSeconds(1), () -> ran.add("x"));
    assertThat(timer.cancel()).isTrue();
    clock.advance(Duration.ofSeconds(5));
    assertThat(ran).isEmpty();
    assertThat(timer.cancel()).isFalse();
  }
}
