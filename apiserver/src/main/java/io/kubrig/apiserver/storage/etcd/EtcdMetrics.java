package io.kubrig.apiserver.storage.etcd;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** The {@code etcd_*} metrics, and what has arrived from etcd. (Source: apiserver/pkg/storage/etcd3/metrics.) */
public final class EtcdMetrics {
  private static final double[] LATENCIES = {
    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60
  };

  private final MeterRegistry registry;
  private final Clock clock;
  private final Function<String, Tags> resources;
  private final DistributionSummary leases;
  private final Map<Request, Meters> requests = new ConcurrentHashMap<>();
  private final Map<Tags, Counter> events = new ConcurrentHashMap<>();

  /** @param resources group and resource of a key below {@code /registry/} */
  public EtcdMetrics(MeterRegistry registry, Clock clock, Function<String, Tags> resources) {
    this.registry = registry;
    this.clock = clock;
    this.resources = resources;
    this.leases =
        Buckets.histogram("etcd_lease_object_counts", 10, 50, 100, 500, 1000, 2500, 5000)
            .description("Number of objects attached to a single etcd lease.")
            .register(registry);
  }

  private record Request(String operation, Tags resource) {}

  private record Meters(DistributionSummary latency, Counter count, Counter errors) {}

  /** Something that is asked of etcd. */
  @FunctionalInterface
  interface Call<T> {
    T make() throws IOException;
  }

  /** Makes a call and notes how long it took. */
  <T> T timed(String operation, String key, Call<T> call) throws IOException {
    Meters meters = requests.computeIfAbsent(new Request(operation, resources.apply(key)), this::meters);
    long start = clock.nanos();
    meters.count.increment();
    try {
      return call.make();
    } catch (IOException e) {
      meters.errors.increment();
      throw e;
    } finally {
      meters.latency.record((clock.nanos() - start) / 1e9);
    }
  }

  private Meters meters(Request request) {
    Tags tags = request.resource.and("operation", request.operation);
    return new Meters(
        Buckets.histogram("etcd_request_duration_seconds", LATENCIES)
            .tags(tags)
            .description("Etcd request latency in seconds for each operation and object type.")
            .register(registry),
        counter("etcd_requests_total", tags, "Etcd request counts for each operation and object type."),
        counter("etcd_request_errors_total", tags, "Etcd failed request counts for each operation and object type."));
  }

  private Counter counter(String name, Tags tags, String description) {
    return Counter.builder(name).tags(tags).description(description).register(registry);
  }

  /** A change of a key has arrived. */
  void arrived(String key) {
    events
        .computeIfAbsent(
            resources.apply(key),
            tags -> counter("apiserver_storage_events_received_total", tags, "Number of etcd events received split by kind."))
        .increment();
  }

  /** A lease is not given to further keys. */
  void leased(int keys) {
    leases.record(keys);
  }
}
