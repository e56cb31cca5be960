package io.kubrig.operators.horizontalpodautoscaler;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;

/** The metrics {@code horizontal_pod_autoscaler_controller_*}. */
final class AutoscalerMetrics {
  private static final String PREFIX = "horizontal_pod_autoscaler_controller_";
  private static final double[] SECONDS = Buckets.exponential(0.001, 2, 15);
  private static final double NANOS_PER_SECOND = 1e9;

  private final MeterRegistry registry;
  private final Clock clock;

  AutoscalerMetrics(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** Measures one metric's proposal. */
  MetricProposals.Result computed(String type, Supplier<MetricProposals.Result> computation) {
    long start = clock.nanos();
    MetricProposals.Result result = computation.get();
    String error = result instanceof MetricProposals.Failed ? "internal" : "none";
    registry.counter(PREFIX + "metric_computation_total", "action", "none", "error", error, "metric_type", String.valueOf(type))
        .increment();
    Buckets.histogram(PREFIX + "metric_computation_duration_seconds", SECONDS)
        .tag("action", "none").tag("error", error).tag("metric_type", String.valueOf(type))
        .register(registry).record((clock.nanos() - start) / NANOS_PER_SECOND);
    return result;
  }

  Reconciliation reconciliation() {
    return new Reconciliation();
  }

  /** One look at an autoscaler. */
  final class Reconciliation {
    private final long start = clock.nanos();
    private String action = "none";
    private String error = "none";

    void failed() {
      error = "internal";
    }

    void scaled(boolean up) {
      action = up ? "scale_up" : "scale_down";
    }

    void finished() {
      registry.counter(PREFIX + "reconciliations_total", "action", action, "error", error).increment();
      Buckets.histogram(PREFIX + "reconciliation_duration_seconds", SECONDS).tag("action", action).tag("error", error)
          .register(registry).record((clock.nanos() - start) / NANOS_PER_SECOND);
    }
  }
}
