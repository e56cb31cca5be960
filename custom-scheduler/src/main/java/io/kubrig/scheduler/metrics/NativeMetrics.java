package io.kubrig.scheduler.metrics;

import io.kubrig.machinery.metrics.Buckets;
import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.queue.QueuedPod;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The metrics of kube-scheduler, by their native names, labels and buckets. Meters are looked up once: they are used for every pod. */
public final class NativeMetrics implements SchedulerMetrics {
  private static final double NANOS = 1e9;

  private record Key(String name, String first, String second, String third) {}

  private final MeterRegistry registry;
  private final DistributionSummary algorithm;
  private final DistributionSummary attempts;
  private final DistributionSummary victims;
  private final Counter preemptions;
  private final Counter afterFlush;
  private final Map<Key, AtomicLong> gauges = new ConcurrentHashMap<>();
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Key, DistributionSummary> histograms = new ConcurrentHashMap<>();

  public NativeMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.algorithm = Buckets.histogram("scheduler_scheduling_algorithm_duration_seconds", Buckets.exponential(0.001, 2, 15))
        .description("Scheduling algorithm latency in seconds").register(registry);
    this.attempts = Buckets.histogram("scheduler_pod_scheduling_attempts", Buckets.exponential(1, 2, 5))
        .description("Number of attempts to successfully schedule a pod.").register(registry);
    this.victims = Buckets.histogram("scheduler_preemption_victims", Buckets.exponential(1, 2, 7))
        .description("Number of selected preemption victims").register(registry);
    this.preemptions = Counter.builder("scheduler_preemption_attempts_total")
        .description("Total preemption attempts in the cluster till now").register(registry);
    this.afterFlush = Counter.builder("scheduler_pod_scheduled_after_flush_total")
        .description("Number of pods that were successfully scheduled after being flushed from unschedulablePods due to timeout. This "
            + "metric helps detect potential queueing hint misconfigurations or event handling issues.").register(registry);
  }

  @Override
  public void algorithm(long nanos) {
    algorithm.record(nanos / NANOS);
  }

  private void attempt(String profile, String result, long nanos) {
    counters.computeIfAbsent(new Key("attempts", profile, result, ""), k -> Counter.builder("scheduler_schedule_attempts_total")
        .description("Number of attempts to schedule pods, by the result. 'unschedulable' means a pod could not be scheduled, while 'error'"
            + " means an internal scheduler problem.")
        .tag("profile", profile).tag("result", result).register(registry)).increment();
    histograms.computeIfAbsent(new Key("attempt", profile, result, ""),
        k -> Buckets.histogram("scheduler_scheduling_attempt_duration_seconds", Buckets.exponential(0.001, 2, 15))
            .description("Scheduling attempt latency in seconds (scheduling algorithm + binding)")
            .tag("profile", profile).tag("result", result).register(registry)).record(nanos / NANOS);
  }

  @Override
  public void scheduled(String profile, QueuedPod pod, long nanos, Instant now) {
    attempt(profile, "scheduled", nanos);
    attempts.record(pod.attempts());
    if (pod.wasFlushed()) {
      afterFlush.increment();
    }
    String count = pod.attempts() > 15 ? "16+" : Integer.toString(pod.attempts());
    histograms.computeIfAbsent(new Key("sli", count, "", ""),
        k -> Buckets.histogram("scheduler_pod_scheduling_sli_duration_seconds", Buckets.exponential(0.01, 2, 20))
            .description("E2e latency for a pod being scheduled, from the time the pod enters the scheduling queue and might involve "
                + "multiple"
                + " scheduling attempts.")
            .tag("attempts", count).register(registry)).record(Duration.between(pod.initialAttempt(), now).toNanos() / NANOS);
  }

  @Override
  public void failed(String profile, Status status, long nanos) {
    attempt(profile, status.isRejected() ? "unschedulable" : "error", nanos);
  }

  @Override
  public void sizes(Map<String, Integer> queues, int nodes, int pods, int assumedPods) {
    queues.forEach((queue, size) ->
        gauge("scheduler_pending_pods", "Number of pending pods, by the queue type. 'active' means number of pods"
        + " in activeQ; 'backoff' means number of pods in backoffQ; 'unschedulable' means number of pods in unschedulablePods that the"
        + " scheduler attempted to schedule and failed; 'gated' is the number of unschedulable pods that the scheduler never attempted to"
        + " schedule because they are gated.", "queue", queue).set(size));
    String cache = "Number of nodes, pods, and assumed (bound) pods in the scheduler cache.";
    gauge("scheduler_cache_size", cache, "type", "nodes").set(nodes);
    gauge("scheduler_cache_size", cache, "type", "pods").set(pods);
    gauge("scheduler_cache_size", cache, "type", "assumed_pods").set(assumedPods);
  }

  private AtomicLong gauge(String name, String help, String label, String value) {
    return gauges.computeIfAbsent(new Key(name, value, "", ""), k -> {
      AtomicLong held = new AtomicLong();
      Gauge.builder(name, held, AtomicLong::get).description(help).tag(label, value).register(registry);
      return held;
    });
  }

  @Override
  public void preempted(int count) {
    victims.record(count);
  }

  @Override
  public void evicted(boolean all, long nanos) {
    String result = all ? "success" : "error";
    counter("scheduler_preemption_goroutines_execution_total", "Number of preemption goroutines executed.", "result", result).increment();
    histograms.computeIfAbsent(new Key("evictions", result, "", ""),
        k -> Buckets.histogram("scheduler_preemption_goroutines_duration_seconds", Buckets.exponential(0.01, 2, 20))
            .description("Duration in seconds for running goroutines for the preemption.").tag("result", result).register(registry))
        .record(nanos / NANOS);
  }

  @Override
  public void claimCreated(boolean ok) {
    counter("scheduler_resourceclaim_creates_total", "Number of ResourceClaims creation requests within scheduler", "status",
        ok ? "success" : "failure").increment();
  }

  private Counter counter(String name, String help, String label, String value) {
    return counters.computeIfAbsent(new Key(name, value, "", ""),
        k -> Counter.builder(name).description(help).tag(label, value).register(registry));
  }

  @Override
  public void groupTried(String profile, String result, long algorithmNanos, long nanos) {
    counters.computeIfAbsent(new Key("group attempts", profile, result, ""),
        k -> Counter.builder("scheduler_podgroup_schedule_attempts_total")
            .description("Number of attempts to schedule pod group, by the result. 'unschedulable' means a pod group could not be scheduled, "
                + "while 'error' means an internal scheduler problem.")
            .tag("profile", profile).tag("result", result).register(registry)).increment();
    histograms.computeIfAbsent(new Key("group attempt", profile, result, ""),
        k -> Buckets.histogram("scheduler_podgroup_scheduling_attempt_duration_seconds", Buckets.exponential(0.001, 2, 15))
            .description("Pod group scheduling attempt latency in seconds (scheduling algorithm + binding)")
            .tag("profile", profile).tag("result", result).register(registry)).record(nanos / NANOS);
    histograms.computeIfAbsent(new Key("group algorithm", "", "", ""),
        k -> Buckets.histogram("scheduler_podgroup_scheduling_algorithm_duration_seconds", Buckets.exponential(0.001, 2, 15))
            .description("Pod group scheduling algorithm latency in seconds").register(registry)).record(algorithmNanos / NANOS);
  }

  @Override
  public void preemptionTried() {
    preemptions.increment();
  }

  @Override
  public void ran(String profile, ExtensionPoint point, Code outcome, long nanos) {
    histograms.computeIfAbsent(new Key("point", profile, point.label(), outcome.toString()),
        k -> Buckets.histogram("scheduler_framework_extension_point_duration_seconds", Buckets.exponential(0.0001, 2, 12))
            .description("Latency for running all plugins of a specific extension point.")
            .tag("extension_point", point.label()).tag("profile", profile).tag("status", outcome.toString()).register(registry))
        .record(nanos / NANOS);
  }

  @Override
  public void evaluated(String profile, ExtensionPoint point, String plugin, int times) {
    counters.computeIfAbsent(new Key("evaluation", profile, point.label(), plugin),
        k -> Counter.builder("scheduler_plugin_evaluation_total")
        .description("Number of attempts to schedule pods by each plugin and the extension point (available only in PreFilter, Filter, "
            + "PreScore,"
            + " and Score).")
        .tag("extension_point", point.label()).tag("plugin", plugin).tag("profile", profile).register(registry)).increment(times);
  }

  @Override
  public void queued(String queue, String event) {
    counters.computeIfAbsent(new Key("incoming", queue, event, ""), k -> Counter.builder("scheduler_queue_incoming_pods_total")
        .description("Number of pods added to scheduling queues by event and queue type.")
        .tag("event", event).tag("queue", queue).register(registry)).increment();
  }

  @Override
  public void unschedulable(String plugin, String profile, int by) {
    gauges.computeIfAbsent(new Key("unschedulable", plugin, profile, ""), k -> {
      AtomicLong held = new AtomicLong();
      Gauge.builder("scheduler_unschedulable_pods", held, AtomicLong::get)
          .description("The number of unschedulable pods broken down by plugin name. A pod will increment the gauge for all plugins "
              + "that caused it"
              + " to not schedule and so this metric have meaning only when broken down by plugin.")
          .tag("plugin", plugin).tag("profile", profile).register(registry);
      return held;
    }).addAndGet(by);
  }

  @Override
  public void permitWaited(Code outcome, long nanos) {
    histograms.computeIfAbsent(new Key("permit", outcome.toString(), "", ""),
        k -> Buckets.histogram("scheduler_permit_wait_duration_seconds", Buckets.exponential(0.001, 2, 15))
            .description("Duration of waiting on permit.").tag("result", outcome.toString()).register(registry)).record(nanos / NANOS);
  }

  @Override
  public void turnedDown(String reason) {
    counters.computeIfAbsent(new Key("turned down", reason, "", ""), k -> Counter.builder("kubrig_scheduler_pods_turned_down_total")
        .description("Number of pods that a node turned down after they were bound to it.").tag("reason", reason).register(registry))
        .increment();
  }

  @Override
  public void binding(int by) {
    gauge("scheduler_goroutines", "Number of running goroutines split by the work they do such as binding.", "operation", "binding")
        .addAndGet(by);
  }
}
