package io.kubrig.operators.engine;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.Buckets;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The {@code workqueue_*} metrics of one controller, with the names of client-go's. */
public final class QueueMetrics {
  private static final double[] SECONDS = Buckets.exponential(1e-8, 10, 10);
  private static final double NANOS_PER_SECOND = 1e9;

  private final Clock clock;
  private final Counter adds;
  private final Counter retries;
  private final DistributionSummary waiting;
  private final DistributionSummary working;
  private final ConcurrentMap<Key, Long> queued = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, Long> running = new ConcurrentHashMap<>();

  /** Registers the metrics of the queue of a name. */
  public QueueMetrics(String name, MeterRegistry registry, Clock clock) {
    this.clock = clock;
    this.adds = Counter.builder("workqueue_adds_total").tag("name", name).register(registry);
    this.retries = Counter.builder("workqueue_retries_total").tag("name", name).register(registry);
    this.waiting = histogram("workqueue_queue_duration_seconds", name, registry);
    this.working = histogram("workqueue_work_duration_seconds", name, registry);
    Tags tags = Tags.of("name", name);
    registry.gauge("workqueue_depth", tags, queued, ConcurrentMap::size);
    registry.gauge("workqueue_unfinished_work_seconds", tags, running, this::unfinished);
    registry.gauge("workqueue_longest_running_processor_seconds", tags, running, this::longest);
  }

  private static DistributionSummary histogram(String metric, String name, MeterRegistry registry) {
    return Buckets.histogram(metric, SECONDS).tag("name", name).register(registry);
  }

  private double unfinished(ConcurrentMap<Key, Long> since) {
    long now = clock.nanos();
    return since.values().stream().mapToLong(start -> now - start).sum() / NANOS_PER_SECOND;
  }

  private double longest(ConcurrentMap<Key, Long> since) {
    long now = clock.nanos();
    return since.values().stream().mapToLong(start -> now - start).max().orElse(0) / NANOS_PER_SECOND;
  }

  void added(Key key) {
    if (queued.putIfAbsent(key, clock.nanos()) == null) {
      adds.increment();
    }
  }

  /** The keys that wait for a worker, each with the time it has waited. */
  Map<Key, Duration> queuedSince() {
    return ages(queued);
  }

  /** The keys that are being processed, each with the time it has taken. */
  Map<Key, Duration> runningSince() {
    return ages(running);
  }

  private Map<Key, Duration> ages(ConcurrentMap<Key, Long> since) {
    long now = clock.nanos();
    Map<Key, Duration> ages = new TreeMap<>();
    since.forEach((key, start) -> ages.put(key, Duration.ofNanos(now - start)));
    return ages;
  }

  void retried() {
    retries.increment();
  }

  Run started(Key key) {
    long now = clock.nanos();
    Long since = queued.remove(key);
    if (since != null) {
      waiting.record((now - since) / NANOS_PER_SECOND);
    }
    running.put(key, now);
    return () -> {
      running.remove(key);
      working.record((clock.nanos() - now) / NANOS_PER_SECOND);
    };
  }

  /** One key being processed. */
  interface Run {
    void finished();
  }
}
