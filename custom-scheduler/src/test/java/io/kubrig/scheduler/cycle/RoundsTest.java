package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoundsTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final EventLoop loop = new EventLoop(Activity.NONE);
  private final List<Instant> runs = new ArrayList<>();
  private final Rounds rounds = new Rounds(clock, loop, Duration.ofSeconds(30), () -> runs.add(clock.now()));

  private void advance(Duration duration) {
    clock.advance(duration);
    loop.runUntilIdle(() -> false);
  }

  @Test
  void come_at_the_end_of_the_period_in_which_they_were_asked_for_and_once() {
    advance(Duration.ofSeconds(70));
    rounds.ask();
    rounds.ask();
    advance(Duration.ofSeconds(19));
    assertThat(runs).isEmpty();
    advance(Duration.ofSeconds(1));
    assertThat(runs).containsExactly(Instant.EPOCH.plusSeconds(90));
    rounds.ask();
    advance(Duration.ofSeconds(30));
    assertThat(runs).containsExactly(Instant.EPOCH.plusSeconds(90), Instant.EPOCH.plusSeconds(120));
  }

  @Test
  void do_not_wake_anybody_who_has_not_asked() {
    advance(Duration.ofDays(1));
    assertThat(loop.tasks()).isZero();
    assertThat(runs).isEmpty();
  }

  @Test
  void end_when_they_are_cancelled() {
    rounds.ask();
    rounds.cancel();
    advance(Duration.ofMinutes(1));
    assertThat(runs).isEmpty();
  }
}
