package io.kubrig.scheduler.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

final class NativeMetricsTest {
  private final KubernetesRegistry registry = new KubernetesRegistry();
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final SchedulerConfiguration configuration = SchedulerConfiguration.standard();
  private final Scheduler scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
      BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, new NativeMetrics(registry), "test"));

  private static Node node(String name) {
    Map<String, Quantity> size = Map.of("cpu", new Quantity("2"), "memory", new Quantity("4Gi"), "pods", new Quantity("10"));
    return new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().endSpec().withNewStatus().withAllocatable(size)
        .endStatus().build();
  }

  private static Pod pod(String name, String cpu) {
    return new PodBuilder().withNewMetadata().withNamespace("default").withName(name).endMetadata().withNewSpec().addNewContainer()
        .withName("c").withImage("i").withNewResources().addToRequests("cpu", new Quantity(cpu)).endResources().endContainer().endSpec()
            .build();
  }

  @Test
  void tells_of_evictions_of_what_is_assumed_and_of_what_only_time_has_moved() throws InterruptedException {
    cluster.create(node("n1"));
    cluster.create(pod("low", "2"));
    cluster.watch(scheduler.listener());
    until(() -> cluster.find(Pod.class, "default", "low").orElseThrow().getSpec().getNodeName() != null);
    Pod high = pod("high", "2");
    high.getSpec().setPriority(10);
    cluster.create(high);
    until(() -> registry.scrape().contains("scheduler_preemption_goroutines_execution_total{result=\"success\"} 1"));
    assertThat(registry.scrape()).contains("scheduler_preemption_goroutines_duration_seconds_count{result=\"success\"} 1")
        .contains("scheduler_pod_scheduled_after_flush_total 0");
    new NativeMetrics(registry).sizes(Map.of(), 1, 3, 2);
    assertThat(registry.scrape()).contains("scheduler_cache_size{type=\"assumed_pods\"}");
  }

  private void until(BooleanSupplier holds) throws InterruptedException {
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (!holds.getAsBoolean()) {
      scheduler.loop().awaitTask(1000, scheduler::scheduleOne);
    }
  }

  @Test
  void tells_of_placed_and_unschedulable_pods_by_the_native_names_and_labels() throws InterruptedException {
    cluster.create(node("n1"));
    cluster.create(node("n2"));
    cluster.create(pod("small", "1"));
    cluster.create(pod("large", "100"));
    cluster.watch(scheduler.listener());
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (cluster.find(Pod.class, "default", "small").orElseThrow().getSpec().getNodeName() == null
        || !registry.scrape().contains("extension_point=\"PostBind\"")) {
      scheduler.loop().awaitTask(1000, scheduler::scheduleOne);
    }
    String text = registry.scrape();
    assertThat(text)
        .contains("scheduler_queue_incoming_pods_total{event=\"UnscheduledPodAdd\",queue=\"active\"} 2")
        .contains("scheduler_queue_incoming_pods_total{event=\"ScheduleAttemptFailure\",queue=\"unschedulable\"} 1")
        .contains("scheduler_unschedulable_pods{plugin=\"NodeResourcesFit\",profile=\"default-scheduler\"} 1")
        .contains("scheduler_plugin_evaluation_total{extension_point=\"Filter\",plugin=\"NodeResourcesFit\",profile=\"default-scheduler\"}")
        .contains("scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"unschedulable\"} 1")
        .contains("scheduler_preemption_attempts_total 1")
        .contains("scheduler_goroutines{operation=\"binding\"} 0");
    for (String point : List.of("PreFilter", "Filter", "PostFilter", "PreScore", "Score", "Reserve", "Permit", "PreBind", "Bind",
        "PostBind")) {
      assertThat(text).contains("scheduler_framework_extension_point_duration_seconds_count{extension_point=\"" + point + "\"");
    }
    assertThat(text).contains("extension_point=\"Filter\",profile=\"default-scheduler\",status=\"Unschedulable\",le=\"0.0001\"")
        .contains("le=\"0.2048\"");
  }
}
