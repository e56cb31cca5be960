package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How long admission takes, by plugin ({@code apiserver_admission_controller_…}) and altogether ({@code apiserver_admission_step_…}). */
public final class AdmissionMetrics {
  private static final double[] SECONDS = {0.005, 0.025, 0.1, 0.5, 1.0, 2.5};

  private final MeterRegistry registry;
  private final Clock clock;
  private final Map<Key, DistributionSummary> known = new ConcurrentHashMap<>();

  public AdmissionMetrics(MeterRegistry registry, Clock clock) {
    this.registry = registry;
    this.clock = clock;
  }

  /** What admission does to a request. */
  enum Type {
    ADMIT,
    VALIDATE;

    private final String text = name().toLowerCase(Locale.ROOT);
  }

  /** @param plugin "" for all of them */
  private record Key(String plugin, Verb operation, Type type, boolean rejected) {}

  /** A part of admission. */
  @FunctionalInterface
  interface Step {
    void run();
  }

  /** Runs a plugin's part. */
  void ofPlugin(AdmissionPlugin plugin, Verb operation, Type type, Step step) {
    if (!plugin.measured()) {
      step.run();
      return;
    }
    run(plugin.name(), operation, type, step);
  }

  /** Runs all plugins' part. */
  void ofAll(Verb operation, Type type, Step step) {
    run("", operation, type, step);
  }

  private void run(String plugin, Verb operation, Type type, Step step) {
    long begun = clock.nanos();
    boolean rejected = true;
    try {
      step.run();
      rejected = false;
    } finally {
      known.computeIfAbsent(new Key(plugin, operation, type, rejected), this::histogram).record((clock.nanos() - begun) / 1e9);
    }
  }

  private DistributionSummary histogram(Key key) {
    boolean all = key.plugin.isEmpty();
    DistributionSummary.Builder histogram =
        all
            ? Buckets.histogram("apiserver_admission_step_admission_duration_seconds", SECONDS)
                .description(
                    "Admission sub-step latency histogram in seconds, broken out for each operation and API resource and step type"
                        + " (validate or admit).")
            : Buckets.histogram("apiserver_admission_controller_admission_duration_seconds", SECONDS)
                .tag("name", key.plugin)
                .description(
                    "Admission controller latency histogram in seconds, identified by name and broken out for each operation and API"
                        + " resource and type (validate or admit).");
    return histogram
        .tag("operation", key.operation.name())
        .tag("rejected", Boolean.toString(key.rejected))
        .tag("type", key.type.text)
        .register(registry);
  }
}
