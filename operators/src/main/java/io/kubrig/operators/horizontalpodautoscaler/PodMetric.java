package io.kubrig.operators.horizontalpodautoscaler;

import java.time.Duration;
import java.time.Instant;

/**
 * What one pod used or counted.
 *
 * @param at the end of the window over which it was measured
 * @param milli the value in thousandths
 */
record PodMetric(Instant at, Duration window, long milli) {
  /** A value that was not measured but assumed. */
  static PodMetric assumed(long milli) {
    return new PodMetric(Instant.EPOCH, Duration.ZERO, milli);
  }
}
