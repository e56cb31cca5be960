package io.kubrig.proxy;

import io.kubrig.machinery.metrics.Buckets;
import io.kubrig.proxy.nftables.Family;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** kube-proxy's metrics. */
final class ProxyMetrics {
  private static final double[] SYNC_BOUNDS = Buckets.exponential(0.001, 2, 15);
  private static final double[] PROGRAMMING_BOUNDS =
      Stream.of(Buckets.linear(0.25, 0.25, 2), Buckets.linear(1, 1, 59), Buckets.linear(60, 5, 12),
      Buckets.linear(120, 30, 7)).flatMapToDouble(DoubleStream::of).toArray();

  private final MeterRegistry registry;
  private final Map<Family, AtomicLong> lastSync = new EnumMap<>(Family.class);
  private final AtomicLong lastQueued = new AtomicLong();
  private final AtomicLong servicesPending = new AtomicLong();
  private final AtomicLong endpointsPending = new AtomicLong();
  private final AtomicLong withoutLocalInternal = new AtomicLong();
  private final AtomicLong withoutLocalExternal = new AtomicLong();

  ProxyMetrics(MeterRegistry registry) {
    this.registry = registry;
    for (Family family : Family.values()) {
      lastSync.put(family, registry.gauge("kubeproxy_sync_proxy_rules_last_timestamp_seconds", List.of(tag(family)), new AtomicLong()));
    }
    registry.gauge("kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds", lastQueued);
    registry.gauge("kubeproxy_sync_proxy_rules_service_changes_pending", servicesPending);
    registry.gauge("kubeproxy_sync_proxy_rules_endpoint_changes_pending", endpointsPending);
    registry.gauge("kubeproxy_sync_proxy_rules_no_local_endpoints_total",
        List.of(Tag.of("traffic_policy", "internal")), withoutLocalInternal);
    registry.gauge("kubeproxy_sync_proxy_rules_no_local_endpoints_total",
        List.of(Tag.of("traffic_policy", "external")), withoutLocalExternal);
  }

  private static Tag tag(Family family) {
    return Tag.of("ip_family", family == Family.IPV4 ? "IPv4" : "IPv6");
  }

  void serviceChanged(Instant now) {
    counter("kubeproxy_sync_proxy_rules_service_changes_total").increment();
    servicesPending.incrementAndGet();
    lastQueued.set(now.getEpochSecond());
  }

  void endpointsChanged(Instant now) {
    counter("kubeproxy_sync_proxy_rules_endpoint_changes_total").increment();
    endpointsPending.incrementAndGet();
    lastQueued.set(now.getEpochSecond());
  }

  void begun() {
    servicesPending.set(0);
    endpointsPending.set(0);
  }

  void synced(Family family, boolean full, Duration took, Instant now) {
    seconds("kubeproxy_sync_proxy_rules_duration_seconds", family, took);
    seconds(full ? "kubeproxy_sync_full_proxy_rules_duration_seconds"
        : "kubeproxy_sync_partial_proxy_rules_duration_seconds", family, took);
    lastSync.get(family).set(now.getEpochSecond());
  }

  void withoutLocal(int internal, int external) {
    withoutLocalInternal.set(internal);
    withoutLocalExternal.set(external);
  }

  void failed(Family family) {
    Counter.builder("kubeproxy_sync_proxy_rules_nftables_sync_failures_total").tags(List.of(tag(family))).register(registry).increment();
  }

  /** The time from a change of an endpoint to its rules. */
  void programmed(Duration took) {
    Buckets.histogram("kubeproxy_network_programming_duration_seconds", PROGRAMMING_BOUNDS).register(registry).record(seconds(took));
  }

  void flowsForgotten(Family family, int count, Duration took) {
    seconds("kubeproxy_conntrack_reconciler_sync_duration_seconds", family, took);
    Counter.builder("kubeproxy_conntrack_reconciler_deleted_entries_total").tags(List.of(tag(family))).register(registry).increment(count);
  }

  void probed(String endpoint, int code) {
    Counter.builder("kubeproxy_proxy_" + endpoint + "_total").tag("code", Integer.toString(code)).register(registry).increment();
  }

  private Counter counter(String name) {
    return Counter.builder(name).register(registry);
  }

  private void seconds(String name, Family family, Duration took) {
    DistributionSummary summary = Buckets.histogram(name, SYNC_BOUNDS).tags(List.of(tag(family))).register(registry);
    summary.record(seconds(took));
  }

  private static double seconds(Duration duration) {
    return duration.toNanos() / 1e9;
  }
}
