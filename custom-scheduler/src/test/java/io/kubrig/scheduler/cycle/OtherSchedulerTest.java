package io.kubrig.scheduler.cycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.framework.PreBindPlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Another scheduler places pods while a binding of ours is held back by a slow PreBind plugin. */
final class OtherSchedulerTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final CountDownLatch preBinding = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private Scheduler scheduler;

  /** Holds the first pod back until the test lets it go. */
  private final class Slow implements PreBindPlugin {
    @Override
    public String name() {
      return "Slow";
    }

    @Override
    public Status preBindPreFlight(CycleState state, io.kubrig.scheduler.model.Pod pod, String node) {
      return Status.SUCCESS;
    }

    @Override
    public Status preBind(CycleState state, io.kubrig.scheduler.model.Pod pod, String node) throws InterruptedException {
      preBinding.countDown();
      goOn.await();
      return Status.SUCCESS;
    }
  }

  @BeforeEach
  void start() {
    SchedulerConfiguration c = SchedulerConfiguration.parse("""
        apiVersion: kubescheduler.config.k8s.io/v1
        kind: KubeSchedulerConfiguration
        profiles: [{plugins: {multiPoint: {enabled: [{name: Slow}]}}}]
        """);
    Map<String, PluginFactory> registry = new LinkedHashMap<>(BuiltinPlugins.registry(c));
    registry.put("Slow", (args, context, profile) -> new Slow());
    scheduler = new Scheduler(c, new Scheduler.Parts(cluster, Clock.system(), new Random(1), registry, List.of(), ScoreListener.NONE,
        SchedulerMetrics.NONE, "test"));
    create("{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}");
    cluster.watch(scheduler.listener());
  }

  private void create(String yaml) {
    HasMetadata o = JSON.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private void pod(String name, int cpu, String more) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name
        + ", namespace: ns}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "
        + cpu + "}}}]" + more + "}}");
  }

  private Pod get(String name) {
    return cluster.find(Pod.class, "ns", name).orElseThrow();
  }

  private void until(BooleanSupplier done) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      scheduler.loop().awaitTask(20, scheduler::scheduleOne);
      scheduler.queue().flushBackoff();
      scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    }
  }

  @Test
  void a_node_that_another_scheduler_fills_meanwhile_is_not_bound_to_and_the_pod_goes_elsewhere() throws InterruptedException {
    pod("ours", 3, "");
    until(() -> preBinding.getCount() == 0);
    pod("theirs", 3, ", nodeName: n1, schedulerName: another");
    create("{apiVersion: v1, kind: Node, metadata: {name: n2}, status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}");
    until(() -> scheduler.state().nodes().size() == 2);
    goOn.countDown();
    until(() -> get("ours").getSpec().getNodeName() != null);
    assertThat(get("ours").getSpec().getNodeName()).isEqualTo("n2");
    until(() -> get("ours").getStatus().getConditions().getFirst().getStatus().equals("True"));
  }

  @Test
  void a_pod_that_fits_beside_those_of_another_scheduler_is_bound() throws InterruptedException {
    pod("ours", 3, "");
    until(() -> preBinding.getCount() == 0);
    pod("theirs", 1, ", nodeName: n1, schedulerName: another");
    until(() -> scheduler.state().podCount() == 2);
    goOn.countDown();
    until(() -> "n1".equals(get("ours").getSpec().getNodeName()));
  }

  @Test
  void a_pod_that_another_scheduler_binds_meanwhile_stays_there_and_is_counted_once() throws InterruptedException {
    create("{apiVersion: v1, kind: Node, metadata: {name: n2}, spec: {unschedulable: true}, status: {allocatable: {cpu: 4, memory: 8Gi, "
        + "pods: 110}}}");
    pod("ours", 3, "");
    until(() -> preBinding.getCount() == 0);
    cluster.bind(new PodRef("ns", "ours", get("ours").getMetadata().getUid()), "n2");
    until(() -> scheduler.state().node("n2").orElseThrow().pods().size() == 1);
    goOn.countDown();
    scheduler.loop().awaitTask(5000, scheduler::scheduleOne);
    assertThat(get("ours").getSpec().getNodeName()).isEqualTo("n2");
    assertThat(scheduler.state().node("n1").orElseThrow().pods()).isEmpty();
    assertThat(scheduler.state().podCount()).isEqualTo(1);
    assertThat(scheduler.queue().contains(get("ours").getMetadata().getUid())).isFalse();
  }
}
