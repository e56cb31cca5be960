package io.kubrig.scheduler.cycle;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** A scheduler and a cluster in memory, driven by the test's own thread: nothing is decided but within {@link #until}. */
public final class TestScheduler {
  public static final String NAMESPACE = "ns";
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final Scheduler scheduler;

  public TestScheduler(SchedulerConfiguration configuration, SchedulerMetrics metrics) {
    this(configuration, cluster -> new Scheduler.Parts(cluster, Clock.system(), new Random(7), BuiltinPlugins.registry(configuration),
        List.of(), ScoreListener.NONE, metrics, "test"));
  }

  /** A scheduler of parts that are made for the cluster. */
  public TestScheduler(SchedulerConfiguration configuration, Function<MemoryCluster, Scheduler.Parts> parts) {
    scheduler = new Scheduler(configuration, parts.apply(cluster));
    cluster.watch(scheduler.listener());
  }

  public TestScheduler() {
    this(SchedulerConfiguration.standard(), SchedulerMetrics.NONE);
  }

  public MemoryCluster cluster() {
    return cluster;
  }

  public Scheduler scheduler() {
    return scheduler;
  }

  /** Creates objects from YAML documents; what belongs to a namespace is in {@value #NAMESPACE} unless it says otherwise. */
  public void create(String yaml) {
    for (String document : yaml.split("(?m)^---$")) {
      HasMetadata o = JSON.unmarshal("---\n" + document.strip());
      if (o instanceof io.fabric8.kubernetes.api.model.Namespaced && o.getMetadata().getNamespace() == null) {
        o.getMetadata().setNamespace(NAMESPACE);
      }
      cluster.create(o);
    }
  }

  /** A node with so many cpus. */
  public void node(String name, int cpu) {
    create("{apiVersion: v1, kind: Node, metadata: {name: " + name + ", labels: {kubernetes.io/hostname: " + name
        + "}}, status: {allocatable: {cpu: " + cpu
        + ", memory: 8Gi, pods: 110}}}");
  }

  /** A pod that asks for so many cpus; {@code more} are further fields of its spec, each after a comma. */
  public void pod(String name, int cpu, String more) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", labels: {app: " + name
        + "}}, spec: {containers: [{name: c, image: i,"
        + " resources: {requests: {cpu: " + cpu + "}}}]" + more + "}}");
  }

  public Pod pod(String name) {
    return cluster.find(Pod.class, NAMESPACE, name).orElse(null);
  }

  /** The node of a pod, or null. */
  public String nodeOf(String name) {
    return pod(name) == null ? null : pod(name).getSpec().getNodeName();
  }

  /** The message of the pod's PodScheduled condition; empty when there is none. */
  public String message(String name) {
    return pod(name).getStatus().getConditions().stream().filter(c -> c.getType().equals("PodScheduled")).map(PodCondition::getMessage)
        .findFirst()
        .orElse("");
  }

  /** Notes of the events about a pod. */
  public List<String> events(String name) {
    return cluster.list(Event.class).stream().filter(e -> e.getRegarding().getName().equals(name))
        .map(e -> e.getReason() + ": " + e.getNote()).toList();
  }

  /** Lets the scheduler work until a condition holds. */
  public void until(BooleanSupplier condition, Supplier<String> otherwise) throws InterruptedException {
    long end = Clock.system().nanos() + PATIENCE_NANOS;
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (!condition.getAsBoolean()) {
      if (Clock.system().nanos() > end) {
        throw new AssertionError(otherwise.get());
      }
      scheduler.loop().awaitTask(20, scheduler::scheduleOne);
      scheduler.queue().flushBackoff();
      scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    }
  }

  /** Lets the scheduler work until pods are on nodes. */
  public void untilOn(Map<String, String> nodeByPod) throws InterruptedException {
    until(() -> nodeByPod.entrySet().stream().allMatch(e -> e.getValue().equals(nodeOf(e.getKey()))),
        () -> nodeByPod.keySet().stream().map(p -> p + " on " + nodeOf(p) + " " + message(p)).toList().toString());
  }

  /** Lets the scheduler work until a pod's condition says something. */
  public void untilMessage(String pod, String message) throws InterruptedException {
    until(() -> message.equals(message(pod)), () -> pod + " on " + nodeOf(pod) + " says: " + message(pod));
  }
}
