package io.kubrig.apiserver.aggregation;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What native counts of APIServices. (Source: kube-aggregator/pkg/controllers/status/metrics.) */
final class AvailabilityMetrics {
  private final MeterRegistry meters;
  private final Map<String, AtomicInteger> unavailable = new ConcurrentHashMap<>();
  private final Map<String, Gauge> gauges = new ConcurrentHashMap<>();

  AvailabilityMetrics(MeterRegistry meters) {
    this.meters = meters;
  }

  void set(String name, boolean available) {
    AtomicInteger value = unavailable.computeIfAbsent(name, key -> new AtomicInteger());
    value.set(available ? 0 : 1);
    gauges.computeIfAbsent(
        name,
        key ->
            Gauge.builder("aggregator_unavailable_apiservice", value, AtomicInteger::get)
                .tag("name", name)
                .description("Gauge of APIServices which are marked as unavailable broken down by APIService name.")
                .register(meters));
  }

  void becameUnavailable(String name, String reason) {
    Counter.builder("aggregator_unavailable_apiservice_total")
        .tags("name", name, "reason", reason)
        .description("Counter of APIServices which are marked as unavailable broken down by APIService name and reason.")
        .register(meters)
        .increment();
  }

  void forget(String name) {
    Gauge gauge = gauges.remove(name);
    if (gauge != null) {
      meters.remove(gauge);
    }
    unavailable.remove(name);
  }
}
