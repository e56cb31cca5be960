package io.kubrig.bench.scheduler;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/**
 * Runs the cases of {@code workloads.yaml} and prints a JSON object a line for each: {@code SchedulerPerf [CASE…]}.
 *
 * <p>{@code -Dsmaller=N} divides all counts by N, {@code -Dpatience=S} says how many seconds a step may take. A case that does not end in
 * time is told as such, and the next one runs.
 *
 * <p>What is measured: the pods are created while the scheduler is held back; the time runs from its release until the last one is bound.
 * {@code podsPerSecond} is by the wall clock; {@code podsPerCpuSecond} by the processor time of the whole process, compiler, garbage
 * collection and the API in memory included, which a busy machine distorts less; {@code decisionsPerCpuSecond} by that of the deciding
 * thread.
 */
public final class SchedulerPerf {
  private static final com.sun.management.OperatingSystemMXBean PROCESS =
      (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final long STUCK_MILLIS = Long.getLong("patience", 120) * 1000;
  private static final int SMALLER = Integer.getInteger("smaller", 1);

  private final Templates templates;
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final Set<String> unbound = ConcurrentHashMap.newKeySet();
  private final Scheduler scheduler;
  private final List<Thread> threads = new ArrayList<>();
  private int nodes;
  private int named;

  private SchedulerPerf(Templates templates) {
    this.templates = templates;
    SchedulerConfiguration configuration = SchedulerConfiguration.standard();
    this.scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
        BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, SchedulerMetrics.NONE, "bench"));
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    Map<String, Object> file;
    try (InputStream in = SchedulerPerf.class.getResourceAsStream("workloads.yaml")) {
      file = Templates.map(new KubernetesSerialization().unmarshal(in, Map.class));
    }
    Templates templates = new Templates(Templates.map(file.get("nodes")), Templates.map(file.get("pods")));
    double wall = 0;
    double cpu = 0;
    int cases = 0;
    for (Object c : Templates.list(file.get("cases"))) {
      Map<String, Object> workload = Templates.map(c);
      if (args.length == 0 || List.of(args).contains(workload.get("name"))) {
        Result r;
        try {
          r = new SchedulerPerf(templates).run(workload);
        } catch (IllegalStateException e) {
          System.out.println("{\"case\":\"" + workload.get("name") + "\",\"failed\":\"" + e.getMessage() + "\"}");
          continue;
        }
        wall += Math.log(r.podsPerSecond() / r.threshold);
        cpu += Math.log(r.podsPerCpuSecond() / r.threshold);
        cases++;
        System.out.println(r.json());
      }
    }
    System.out.printf("{\"cases\":%d,\"meanTimesThreshold\":%.1f,\"meanTimesThresholdByCpu\":%.1f}%n", cases, Math.exp(wall / cases),
        Math.exp(cpu / cases));
  }

  private record Result(String name, int threshold, int pods, long wallNanos, long cpuNanos, long threadNanos) {
    double podsPerSecond() {
      return pods * 1e9 / wallNanos;
    }

    double podsPerCpuSecond() {
      return pods * 1e9 / cpuNanos;
    }

    String json() {
      return String.format("{\"case\":\"%s\",\"threshold\":%d,\"pods\":%d,\"podsPerSecond\":%.0f,\"podsPerCpuSecond\":%.0f,"
          + "\"decisionsPerCpuSecond\":%.0f,\"timesThreshold\":%.1f,\"timesThresholdByCpu\":%.1f}", name, threshold, pods, podsPerSecond(),
          podsPerCpuSecond(), pods * 1e9 / threadNanos, podsPerSecond() / threshold, podsPerCpuSecond() / threshold);
    }
  }

  private Result run(Map<String, Object> workload) throws InterruptedException {
    cluster.watch(new Bindings());
    Thread loop = start("scheduler", scheduler::run);
    Result result = null;
    try {
      for (Object s : Templates.list(workload.get("steps"))) {
        Map<String, Object> step = Templates.map(s);
        CountDownLatch gate = new CountDownLatch(1);
        scheduler.loop().post(() -> await(gate));
        int pods = perform(step);
        long wall = System.nanoTime();
        long cpu = PROCESS.getProcessCpuTime();
        long thread = ManagementFactory.getThreadMXBean().getThreadCpuTime(loop.threadId());
        gate.countDown();
        awaitBound();
        if (Boolean.TRUE.equals(step.get("measure"))) {
          result = new Result((String) workload.get("name"), (Integer) workload.get("threshold"), pods, System.nanoTime() - wall,
              PROCESS.getProcessCpuTime() - cpu, ManagementFactory.getThreadMXBean().getThreadCpuTime(loop.threadId()) - thread);
        }
      }
    } finally {
      scheduler.stop();
      threads.forEach(Thread::interrupt);
      for (Thread t : threads) {
        t.join();
      }
    }
    return result;
  }

  private interface Interruptible {
    void run() throws InterruptedException;
  }

  private Thread start(String name, Interruptible work) {
    Thread t = Thread.ofPlatform().name(name).start(() -> {
      try {
        work.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    threads.add(t);
    return t;
  }

  private static void await(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitBound() throws InterruptedException {
    long deadline = System.currentTimeMillis() + STUCK_MILLIS;
    while (!unbound.isEmpty()) {
      cluster.awaitChange(50);
      if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException(unbound.size() + " pods are not bound after " + STUCK_MILLIS + " ms");
      }
    }
  }

  /** Does a step; returns how many pods it has made. */
  private int perform(Map<String, Object> step) {
    String template = (String) step.get("template");
    Map<String, Object> labels = Templates.map(step.get("labels"));
    if (step.get("nodes") instanceof Integer all) {
      int count = Math.max(1, all / SMALLER);
      nodes(count, template, step);
    } else if (step.get("namespaces") instanceof Integer count) {
      for (int i = 0; i < count; i++) {
        NamespaceBuilder ns = new NamespaceBuilder().withNewMetadata().withName("sched-" + i).endMetadata();
        labels.forEach((k, v) -> ns.editMetadata().addToLabels(k, (String) v).endMetadata());
        cluster.create(ns.build());
      }
    } else if (step.get("pods") instanceof Integer all) {
      int count = Math.max(1, all / SMALLER);
      int each = (Integer) step.getOrDefault("each", 1);
      for (int n = 0; n < each; n++) {
        String namespace = step.containsKey("each") ? "sched-" + n : (String) step.get("namespace");
        for (int i = 0; i < count; i++) {
          pod(template, namespace, labels, !Boolean.FALSE.equals(step.get("wait")));
        }
      }
      return count * each;
    } else if (step.get("daemon") instanceof Integer rounds) {
      for (int i = 0; i < rounds * nodes; i++) {
        create(templates.daemonPod(template, (String) step.get("namespace"), "pod-" + named++, "node-" + i % nodes), true);
      }
      return rounds * nodes;
    } else if (step.get("churn") instanceof Integer millis) {
      start("churn", () -> churn(millis));
    } else if (step.get("deletions") instanceof Integer all) {
      int count = Math.max(1, all / SMALLER);
      List<Pod> doomed = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        doomed.add(pod(template, (String) step.get("namespace"), Map.of(), true));
      }
      start("deletions", () -> delete(doomed));
    }
    return 0;
  }

  private void nodes(int count, String template, Map<String, Object> step) {
    for (int i = 0; i < count; i++, nodes++) {
      cluster.create(templates.node(template, nodes));
      if (step.containsKey("driver")) {
        cluster.create(Templates.limit("node-" + nodes, (String) step.get("driver"), (Integer) step.get("limit")));
      }
    }
  }

  private Pod pod(String template, String namespace, Map<String, Object> labels, boolean awaited) {
    String name = "pod-" + named++;
    templates.volume(template, namespace, name).forEach(cluster::create);
    return create(templates.pod(template, namespace, name, labels), awaited);
  }

  private Pod create(Pod pod, boolean awaited) {
    if (awaited) {
      unbound.add(pod.getMetadata().getName());
    }
    return cluster.create(pod);
  }

  /** A node, a service and a pod that fits nowhere come and go in turn. */
  private void churn(int millis) throws InterruptedException {
    for (int round = 0;; round++) {
      HasMetadata node = cluster.create(templates.node("default", 1_000_000 + round));
      HasMetadata pod = cluster.create(templates.pod("impossible", "churn", "churn-" + round, Map.of()));
      Thread.sleep(millis);
      cluster.delete(node, 0L);
      cluster.delete(pod, 0L);
    }
  }

  private void delete(List<Pod> doomed) throws InterruptedException {
    for (Pod p : doomed) {
      while (unbound.contains(p.getMetadata().getName())) {
        cluster.awaitChange(50);
      }
      cluster.delete(p, 0L);
    }
  }

  /** Hears which pods are bound. */
  private final class Bindings implements ClusterApi.Listener {
    @Override
    public void added(HasMetadata object) {}

    @Override
    public void updated(HasMetadata object) {
      if (object instanceof Pod p && p.getSpec().getNodeName() != null) {
        unbound.remove(p.getMetadata().getName());
      }
    }

    @Override
    public void deleted(HasMetadata object) {}
  }
}
