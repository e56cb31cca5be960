package io.kubrig.machinery.queue;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The {@code workqueue_*} metrics of one queue. Called with the queue's lock held. */
final class QueueMetrics<K> {
  private static final double[] SECONDS = Buckets.exponential(1e-8, 10, 10);
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clock clock;
  private final AtomicInteger depth = new AtomicInteger();
  private final Counter adds;
  private final Counter retries;
  private final DistributionSummary queued;
  private final DistributionSummary worked;
  private final Map<K, Long> addedAt = new HashMap<>();
  private final Map<K, Long> startedAt = new ConcurrentHashMap<>();

  QueueMetrics(String name, Clock clock, MeterRegistry registry) {
    this.clock = clock;
    Gauge.builder("workqueue_depth", depth, AtomicInteger::get).description("Current depth of workqueue").tag("name", name)
        .register(registry);
    adds = Counter.builder("workqueue_adds_total").description("Total number of adds handled by workqueue").tag("name", name)
        .register(registry);
    retries = Counter.builder("workqueue_retries_total").description("Total number of retries handled by workqueue").tag("name", name)
        .register(registry);
    queued =
        Buckets.histogram("workqueue_queue_duration_seconds", SECONDS)
            .description("How long in seconds an item stays in workqueue before being requested.")
            .tag("name", name)
            .register(registry);
    worked =
        Buckets.histogram("workqueue_work_duration_seconds", SECONDS)
            .description("How long in seconds processing an item from workqueue takes.")
            .tag("name", name)
            .register(registry);
    Gauge.builder("workqueue_unfinished_work_seconds", this, QueueMetrics::unfinishedSeconds)
        .description("How many seconds of work has done that is in progress and hasn't been observed by work_duration.")
        .tag("name", name)
        .register(registry);
    Gauge.builder("workqueue_longest_running_processor_seconds", this, QueueMetrics::longestSeconds)
        .description("How many seconds has the longest running processor for workqueue been running.")
        .tag("name", name)
        .register(registry);
  }

  void added(K key) {
    adds.increment();
    addedAt.putIfAbsent(key, clock.nanos());
  }

  void retried() {
    retries.increment();
  }

  void depth(int waiting) {
    depth.set(waiting);
  }

  void started(K key, int waiting) {
    depth.set(waiting);
    long now = clock.nanos();
    startedAt.put(key, now);
    Long added = addedAt.remove(key);
    if (added != null) {
      queued.record((now - added) / NANOS_PER_SECOND);
    }
  }

  void finished(K key) {
    Long started = startedAt.remove(key);
    if (started != null) {
      worked.record((clock.nanos() - started) / NANOS_PER_SECOND);
    }
  }

  private double unfinishedSeconds() {
    long now = clock.nanos();
    return startedAt.values().stream().mapToLong(started -> now - started).sum() / NANOS_PER_SECOND;
  }

  private double longestSeconds() {
    long now = clock.nanos();
    return startedAt.values().stream().mapToLong(started -> now - started).max().orElse(0) / NANOS_PER_SECOND;
  }
}
