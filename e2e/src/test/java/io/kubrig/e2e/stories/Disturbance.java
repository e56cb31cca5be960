package io.kubrig.e2e.stories;

import java.time.Duration;

/**
 * How much goes wrong in a story. Events are not compared in a disturbed one, because they tell of the trouble; all else must come about
 * once the trouble is over.
 *
 * @param share of the controllers' requests
 */
record Disturbance(long seed, double share) {
  static final Disturbance NONE = new Disturbance(0, 0);

  /** Back-off may have grown to minutes until then. */
  private static final int PATIENCE = 10;

  boolean isNone() {
    return share == 0;
  }

  /** How long to wait for what takes so long when all goes well. */
  Duration patience(Duration usual) {
    return isNone() ? usual : usual.multipliedBy(PATIENCE);
  }

  void begin(StoryCluster cluster, int part) {
    if (!isNone()) {
      cluster.disturb(seed * 1000 + part, share);
    }
  }
}
