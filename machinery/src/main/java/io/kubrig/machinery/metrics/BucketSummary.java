package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.AbstractMeter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;

/** A histogram of plain values. */
final class BucketSummary extends AbstractMeter implements DistributionSummary, Bucketed {
  private final BucketCounts counts;
  private final double scale;

  BucketSummary(Meter.Id id, DistributionStatisticConfig config, double scale) {
    super(id);
    this.counts = new BucketCounts(config, 1);
    this.scale = scale;
  }

  @Override
  public BucketCounts buckets() {
    return counts;
  }

  @Override
  public void record(double amount) {
    counts.record(amount * scale);
  }

  @Override
  public long count() {
    return counts.count();
  }

  @Override
  public double totalAmount() {
    return counts.sum();
  }

  @Override
  public double max() {
    return counts.max();
  }

  @Override
  public HistogramSnapshot takeSnapshot() {
    return counts.snapshot();
  }
}
