package io.kubrig.apiserver.admission.webhook;

import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/** What native counts of webhooks. (Source: apiserver/pkg/admission/metrics.) */
final class WebhookMetrics {
  private static final double[] DURATIONS = {0.005, 0.025, 0.1, 0.5, 1.0, 2.5, 10, 25};
  private static final double[] CONDITIONS = {0.001, 0.005, 0.01, 0.025, 0.1, 0.2, 0.25};
  private static final int MAX_CODE = 600;
  private static final String PREFIX = "apiserver_admission_";

  private final MeterRegistry meters;

  WebhookMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  /** @param type admit or validating */
  record Call(String name, String type, String operation) {
    private Tags tags() {
      return Tags.of("name", name, "type", type, "operation", operation);
    }
  }

  void called(Call call, long nanos, boolean rejected, int code) {
    Tags tags = call.tags().and("rejected", Boolean.toString(rejected));
    counter("webhook_request_total", tags.and("code", bounded(code)),
        "Admission webhook request total, identified by name and broken out for each admission type (validating or admit) and operation,"
            + " with whether the request was rejected and an HTTP status code. Codes greater than 600 are truncated to 600.");
    Buckets.histogram(PREFIX + "webhook_admission_duration_seconds", DURATIONS)
        .tags(tags)
        .description(
            "Admission webhook latency histogram in seconds, identified by name and broken out for each operation and type (validating or"
                + " admit).")
        .register(meters)
        .record(nanos / 1e9);
  }

  /** @param errorType no_error, calling_webhook_error or apiserver_internal_error */
  void rejected(Call call, String errorType, int code) {
    counter("webhook_rejection_count", call.tags().and("error_type", errorType, "rejection_code", bounded(code)),
        "Admission webhook rejection count, identified by name and broken out for each admission type (validating or admit) and operation,"
            + " with the type of error and, where the webhook gave one, its HTTP status code. Codes greater than 600"
            + " are truncated to 600.");
  }

  void failedOpen(Call call) {
    counter("webhook_fail_open_count", Tags.of("name", call.name, "type", call.type),
        "Admission webhook fail open count, identified by name and broken out for each admission type (validating or admit).");
  }

  void excluded(String name, String type, String operation) {
    counter("match_condition_exclusions_total", condition(name, type, operation),
        "Admission match condition evaluation exclusions count, identified by name of the resource with the match condition, kind,"
            + " operation and type.");
  }

  void conditionFailed(String name, String type, String operation) {
    counter("match_condition_evaluation_errors_total", condition(name, type, operation),
        "Admission match condition evaluation errors count, identified by name of the resource with the match condition, kind,"
            + " operation and type.");
  }

  void conditionsEvaluated(String name, String type, String operation, long nanos) {
    Buckets.histogram(PREFIX + "match_condition_evaluation_seconds", CONDITIONS)
        .tags(condition(name, type, operation))
        .description("Admission match condition evaluation time in seconds, identified by name, kind, operation and type.")
        .register(meters)
        .record(nanos / 1e9);
  }

  private static Tags condition(String name, String type, String operation) {
    return Tags.of("name", name, "kind", "webhook", "type", type, "operation", operation);
  }

  private static String bounded(int code) {
    return Integer.toString(Math.min(code, MAX_CODE));
  }

  private void counter(String name, Tags tags, String description) {
    Counter.builder(PREFIX + name).tags(tags).description(description).register(meters).increment();
  }
}
