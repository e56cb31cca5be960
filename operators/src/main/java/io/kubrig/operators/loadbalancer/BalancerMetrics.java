package io.kubrig.operators.loadbalancer;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;

/** The {@code service_controller_*} metrics. */
final class BalancerMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clock clock;
  private final Counter syncs;
  private final Counter errors;
  private final DistributionSummary nodes;
  private final DistributionSummary hosts;

  BalancerMetrics(MeterRegistry registry, Clock clock) {
    this.clock = clock;
    this.syncs = Counter.builder("service_controller_loadbalancer_sync_total").register(registry);
    this.errors = Counter.builder("service_controller_nodesync_error_total").register(registry);
    this.nodes = Buckets.histogram("service_controller_nodesync_latency_seconds", Buckets.exponential(1, 2, 15)).register(registry);
    this.hosts =
        Buckets.histogram("service_controller_update_loadbalancer_host_latency_seconds", Buckets.exponential(1, 2, 15)).register(registry);
  }

  /** A time to {@link #nodesSynced} or {@link #hostsUpdated}. */
  long begin() {
    return clock.nanos();
  }

  void nodesSynced(long begin) {
    nodes.record((clock.nanos() - begin) / NANOS_PER_SECOND);
  }

  void hostsUpdated(long begin) {
    syncs.increment();
    hosts.record((clock.nanos() - begin) / NANOS_PER_SECOND);
  }

  void nodeSyncFailed() {
    errors.increment();
  }
}
