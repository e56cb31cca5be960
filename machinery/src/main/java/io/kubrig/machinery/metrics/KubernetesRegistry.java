package io.kubrig.machinery.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionCounter;
import io.micrometer.core.instrument.cumulative.CumulativeFunctionTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.internal.DefaultGauge;
import io.micrometer.core.instrument.internal.DefaultMeter;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * A registry whose metrics keep exactly the names, buckets and kinds they were registered with, and that prints them as Prometheus text.
 *
 * <p>Micrometer's own Prometheus registry cannot show the native metrics: it adds {@code _total} to counters that have none, a
 * {@code _max} to every histogram, and puts values below one into the wrong buckets.
 */
public final class KubernetesRegistry extends MeterRegistry {

  public KubernetesRegistry() {
    super(Clock.SYSTEM);
    config().namingConvention(NamingConvention.identity);
  }

  /** All metrics in the Prometheus text format, version 0.0.4, sorted by name. */
  public String scrape() {
    return new PrometheusText().write(getMeters());
  }

  /** Those whose names are wanted. */
  public String scrape(Predicate<String> wanted) {
    return new PrometheusText().write(getMeters().stream().filter(meter -> wanted.test(meter.getId().getName())).toList());
  }

  @Override
  protected <T> Gauge newGauge(Meter.Id id, T object, ToDoubleFunction<T> value) {
    return new DefaultGauge<>(id, object, value);
  }

  @Override
  protected Counter newCounter(Meter.Id id) {
    return new PlainCounter(id);
  }

  @Override
  protected Timer newTimer(Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    return new BucketTimer(id, clock, config, pauseDetector);
  }

  @Override
  protected DistributionSummary newDistributionSummary(Meter.Id id, DistributionStatisticConfig config, double scale) {
    return new BucketSummary(id, config, scale);
  }

  @Override
  protected Meter newMeter(Meter.Id id, Meter.Type type, Iterable<Measurement> measurements) {
    return new DefaultMeter(id, type, measurements);
  }

  @Override
  protected <T> FunctionTimer newFunctionTimer(
      Meter.Id id, T object, ToLongFunction<T> count, ToDoubleFunction<T> total, TimeUnit unit) {
    return new CumulativeFunctionTimer<>(id, object, count, total, unit, getBaseTimeUnit());
  }

  @Override
  protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T object, ToDoubleFunction<T> count) {
    return new CumulativeFunctionCounter<>(id, object, count);
  }

  @Override
  protected TimeUnit getBaseTimeUnit() {
    return TimeUnit.SECONDS;
  }

  @Override
  protected DistributionStatisticConfig defaultHistogramConfig() {
    return DistributionStatisticConfig.DEFAULT;
  }
}
