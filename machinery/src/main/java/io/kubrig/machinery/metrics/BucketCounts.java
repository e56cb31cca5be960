package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How many values fell at or below each boundary, with their count, sum and maximum. Cumulative since the start, never decaying. */
final class BucketCounts {
  private static final double[] NONE = {};

  private final double[] bounds;
  private final LongAdder[] counts;
  private final DoubleAdder sum = new DoubleAdder();
  private final DoubleAccumulator max = new DoubleAccumulator(Math::max, 0);

  /** @param unit what one unit of the boundaries is in recorded units: 1e-9 for boundaries in nanoseconds and values in seconds */
  BucketCounts(DistributionStatisticConfig config, double unit) {
    double[] given = config.getServiceLevelObjectiveBoundaries();
    bounds = given == null ? NONE
        : Arrays.stream(given).map(bound -> bound == Buckets.ZERO ? 0 : unit == 1 ? bound : bound * unit).toArray();
    counts = new LongAdder[bounds.length + 1];
    Arrays.setAll(counts, unused -> new LongAdder());
  }

  void record(double value) {
    int index = Arrays.binarySearch(bounds, value);
    counts[index >= 0 ? index : -index - 1].increment();
    sum.add(value);
    max.accumulate(value);
  }

  double[] bounds() {
    return bounds;
  }

  /** Cumulative counts, one for each boundary and one for infinity. */
  long[] cumulative() {
    long[] totals = new long[counts.length];
    long total = 0;
    for (int i = 0; i < counts.length; i++) {
      total += counts[i].sum();
      totals[i] = total;
    }
    return totals;
  }

  long count() {
    long total = 0;
    for (LongAdder count : counts) {
      total += count.sum();
    }
    return total;
  }

  double sum() {
    return sum.sum();
  }

  double max() {
    return max.get();
  }

  HistogramSnapshot snapshot() {
    return HistogramSnapshot.empty(count(), sum(), max());
  }
}
