package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The fast paths against the plain evaluation, on random clusters that change all the time. {@code -Dkubrig.differential.decisions=N} sets
 * how many decisions are compared, {@code -Dseed=S} where to begin: a failure names the seed of its cluster.
 */
final class DifferentialTest {
  private static final int DECISIONS = Integer.getInteger("kubrig.differential.decisions", 2500);
  private static final int TELL_EVERY = 20_000; // a run of a million takes long
  private static final long SEED = Long.getLong("seed", 1);

  @Test
  void fast_and_plain_evaluation_agree_on_every_decision_score_and_reason() {
    long seed = SEED;
    int compared = 0;
    int placed = 0;
    while (compared < DECISIONS) {
      Duel duel = new Duel(seed++);
      duel.run(150);
      compared += duel.decisions();
      placed += duel.placed();
      if (compared / TELL_EVERY > (compared - duel.decisions()) / TELL_EVERY) {
        tell(compared, placed, seed);
      }
    }
    tell(compared, placed, seed);
    assertThat(placed).isBetween(compared / 4, compared - compared / 50);
  }

  private static void tell(int compared, int placed, long nextSeed) {
    System.out.println("compared " + compared + " decisions, " + placed + " of them placed, seeds " + SEED + " to " + (nextSeed - 1));
  }
}
