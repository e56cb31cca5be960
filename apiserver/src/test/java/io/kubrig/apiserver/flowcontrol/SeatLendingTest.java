package io.kubrig.apiserver.flowcontrol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kubrig.apiserver.flowcontrol.SeatLending.Claim;
import io.kubrig.machinery.clock.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SeatLendingTest {
  private static double[] divided(double seats, Claim... claims) {
    return SeatLending.divide(seats, List.of(claims)).seats();
  }

  @Test
  void without_bounds_seats_go_by_the_targets() {
    assertThat(divided(90, new Claim(0, 1000, 10), new Claim(0, 1000, 20))).containsExactly(new double[] {30, 60}, within(1e-6));
  }

  @Test
  void a_level_has_no_less_than_it_keeps_and_no_more_than_it_may_borrow() {
    assertThat(divided(100, new Claim(40, 50, 40), new Claim(0, 30, 90), new Claim(10, 1000, 10)))
        .containsExactly(new double[] {50, 30, 20}, within(1e-6));
    assertThat(divided(100, new Claim(80, 1000, 80), new Claim(0, 1000, 80))).containsExactly(new double[] {80, 20}, within(1e-6));
  }

  @Test
  void who_needs_nothing_gets_a_part_when_nobody_does() {
    assertThat(divided(60, new Claim(0, 1000, 0), new Claim(0, 1000, 0))).containsExactly(new double[] {30, 30}, within(1e-6));
  }

  /** What defines the division: all seats, within bounds, and in proportion to the target between them. */
  @Test
  void every_division_is_fair() {
    long seed = Long.getLong("seed", new Random().nextLong());
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Claim> claims = Stream.generate(() -> claim(random)).limit(1 + random.nextInt(8)).toList();
      double least = claims.stream().mapToDouble(Claim::least).sum();
      double most = claims.stream().mapToDouble(Claim::most).sum();
      double seats = least + (most - least) * random.nextDouble();
      SeatLending.Shares shares = SeatLending.divide(seats, claims);
      assertThat(Arrays.stream(shares.seats()).sum()).as("seed %d", seed).isCloseTo(seats, within(1e-3));
      for (int i = 0; i < claims.size(); i++) {
        double due = shares.fraction() * Math.max(claims.get(i).target(), 0.001);
        double bounded = Math.max(claims.get(i).least(), Math.min(claims.get(i).most(), due));
        assertThat(shares.seats()[i]).as("seed %d", seed).isCloseTo(bounded, within(1e-6));
      }
    }
  }

  private static Claim claim(Random random) {
    double least = random.nextInt(50);
    return new Claim(least, least + random.nextInt(200), least + random.nextInt(100));
  }

  @Test
  void demand_is_measured_by_how_long_it_lasted() {
    VirtualClock clock = new VirtualClock(Instant.parse("2026-01-01T00:00:00Z"));
    SeatDemand demand = new SeatDemand(clock);
    demand.set(10);
    clock.advance(Duration.ofSeconds(5));
    demand.set(0);
    clock.advance(Duration.ofSeconds(5));
    SeatDemand.Period period = demand.next();
    assertThat(period.average()).isCloseTo(5, within(1e-9));
    assertThat(period.deviation()).isCloseTo(5, within(1e-9));
    assertThat(period.highest()).isEqualTo(10);
    assertThat(demand.next().highest()).isZero();
  }
}
