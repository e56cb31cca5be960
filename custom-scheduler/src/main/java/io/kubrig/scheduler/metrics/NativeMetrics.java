package io.kubrig.scheduler.metrics;

import io.kubrig.machinery.metrics.Buckets;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.queue.QueuedPod;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of kube-scheduler, by their native names. */
public final class NativeMetrics implements SchedulerMetrics {
  private static final double NANOS = 1e9;

  private final MeterRegistry registry;
  private final DistributionSummary algorithm;
  private final DistributionSummary attempts;
  private final DistributionSummary victims;
  private final Map<String, AtomicLong> gauges = new ConcurrentHashMap<>();

  public NativeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.algorithm = Buckets.histogram("scheduler_scheduling_algorithm_duration_seconds", Buckets.exponential(0.001, 2, 15))
        .description("Scheduling algorithm latency in seconds").register(registry);
    this.attempts = Buckets.histogram("scheduler_pod_scheduling_attempts", Buckets.exponential(1, 2, 5))
        .description("Number of attempts to successfully schedule a pod.").register(registry);
    this.victims = Buckets.histogram("scheduler_preemption_victims", Buckets.exponential(1, 2, 7))
        .description("Number of selected preemption victims").register(registry);
  }

  @Override
  public void algorithm(long nanos) {
    algorithm.record(nanos / NANOS);
  }

  private void attempt(String profile, String result, long nanos) {
    registry.counter("scheduler_schedule_attempts_total", "profile", profile, "result", result).increment();
    Buckets.histogram("scheduler_scheduling_attempt_duration_seconds", Buckets.exponential(0.001, 2, 15))
        .description("Scheduling attempt latency in seconds (scheduling algorithm + binding)")
        .tag("profile", profile).tag("result", result).register(registry).record(nanos / NANOS);
  }

  @Override
  public void scheduled(String profile, QueuedPod pod, long nanos, Instant now) {
    attempt(profile, "scheduled", nanos);
    attempts.record(pod.attempts());
    Buckets.histogram("scheduler_pod_scheduling_sli_duration_seconds", Buckets.exponential(0.01, 2, 20))
        .description("E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might involve multiple"
            + " scheduling attempts.")
        .tag("attempts", pod.attempts() > 15 ? "16+" : Integer.toString(pod.attempts())).register(registry)
        .record(Duration.between(pod.initialAttempt(), now).toNanos() / NANOS);
  }

  @Override
  public void failed(String profile, Status status, long nanos) {
    attempt(profile, status.isRejected() ? "unschedulable" : "error", nanos);
  }

  @Override
  public void sizes(Map<String, Integer> queues, int nodes, int pods) {
    queues.forEach((queue, size) -> gauge("scheduler_pending_pods", "queue", queue).set(size));
    gauge("scheduler_cache_size", "type", "nodes").set(nodes);
    gauge("scheduler_cache_size", "type", "pods").set(pods);
  }

  private AtomicLong gauge(String name, String label, String value) {
    return gauges.computeIfAbsent(name + value, k -> {
      AtomicLong held = new AtomicLong();
      Gauge.builder(name, held, AtomicLong::get).tag(label, value).register(registry);
      return held;
    });
  }

  @Override
  public void preempted(int count) {
    victims.record(count);
  }

  @Override
  public void preemptionTried() {
    registry.counter("scheduler_preemption_attempts_total").increment();
  }
}
