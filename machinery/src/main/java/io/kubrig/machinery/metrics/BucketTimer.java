package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.AbstractTimer;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.util.TimeUtils;
import java.util.concurrent.TimeUnit;

/** A histogram of durations, shown in seconds. */
final class BucketTimer extends AbstractTimer implements Bucketed {
  private static final double SECONDS_PER_NANO = 1e-9;
  private final BucketCounts counts;

  BucketTimer(Meter.Id id, Clock clock, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    super(id, clock, DistributionStatisticConfig.NONE, pauseDetector, TimeUnit.SECONDS, false);
    this.counts = new BucketCounts(config, SECONDS_PER_NANO);
  }

  @Override
  public BucketCounts buckets() {
    return counts;
  }

  @Override
  protected void recordNonNegative(long amount, TimeUnit unit) {
    counts.record(TimeUtils.convert(amount, unit, TimeUnit.SECONDS));
  }

  @Override
  public long count() {
    return counts.count();
  }

  @Override
  public double totalTime(TimeUnit unit) {
    return TimeUtils.convert(counts.sum(), TimeUnit.SECONDS, unit);
  }

  @Override
  public double max(TimeUnit unit) {
    return TimeUtils.convert(counts.max(), TimeUnit.SECONDS, unit);
  }

  @Override
  public HistogramSnapshot takeSnapshot() {
    return counts.snapshot();
  }
}
