package io.kubrig.operators.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepsTest {
  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final List<Duration> delays = new ArrayList<>();
  private final Sweeps sweeps = new Sweeps(Key.of("sweep"), Duration.ofSeconds(20), clock, new Queue() {
    @Override
    public void add(Key key) {
      delays.add(Duration.ZERO);
    }

    @Override
    public void addAfter(Key key, Duration delay) {
      delays.add(delay);
    }
  });

  @Test
  void come_at_the_end_of_a_period_once_however_many_ask() {
    clock.advance(Duration.ofSeconds(45));
    sweeps.ask();
    sweeps.ask();
    assertThat(delays).containsExactly(Duration.ofSeconds(15));
  }

  @Test
  void can_be_asked_for_again_when_they_have_begun() {
    sweeps.ask();
    clock.advance(Duration.ofSeconds(20));
    sweeps.begun();
    sweeps.ask();
    assertThat(delays).containsExactly(Duration.ofSeconds(20), Duration.ofSeconds(20));
  }
}
