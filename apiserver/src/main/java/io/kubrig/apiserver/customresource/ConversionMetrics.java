package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** What native counts of conversions by webhook. (Source: apiextensions-apiserver/pkg/apiserver/conversion/metrics.go.) */
final class ConversionMetrics {
  private static final double[] LATENCIES = {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 45, 60};
  private static final double[] DURATIONS = Buckets.exponential(0.001, 2, 15);

  private final MeterRegistry meters;

  ConversionMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  void succeeded(long nanos) {
    observe("success", "", nanos);
  }

  void failed(String type, long nanos) {
    observe("failure", type, nanos);
  }

  private void observe(String result, String type, long nanos) {
    Tags tags = Tags.of("result", result, "failure_type", type);
    Counter.builder("apiserver_conversion_webhook_request_total")
        .tags(tags)
        .description("Counter for conversion webhook requests with success/failure and failure error type")
        .register(meters)
        .increment();
    Buckets.histogram("apiserver_conversion_webhook_duration_seconds", LATENCIES)
        .tags(tags)
        .description("Conversion webhook request latency")
        .register(meters)
        .record(nanos / 1e9);
  }

  void converted(String definition, String from, String to, boolean succeeded, long nanos) {
    Buckets.histogram("apiserver_crd_conversion_webhook_duration_seconds", DURATIONS)
        .tags("crd_name", definition, "from_version", from, "to_version", to, "succeeded", Boolean.toString(succeeded))
        .description("CRD webhook conversion duration in seconds")
        .register(meters)
        .record(nanos / 1e9);
  }
}
