package io.kubrig.scheduler.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.VirtualClock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.scheduler.api.ClusterApi.PodRef;
import io.kubrig.scheduler.api.ClusterApi.StatusChange;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.shadow.ShadowReport.Comparison;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The test is the other scheduler: it binds pods as it likes. */
final class ShadowTest {
  private static final KubernetesSerialization JSON = new KubernetesSerialization();
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final VirtualClock clock = new VirtualClock(Instant.EPOCH);
  private final MemoryCluster cluster = new MemoryCluster(clock);
  private final KubernetesRegistry metrics = new KubernetesRegistry();
  private final ShadowReport report = new ShadowReport(metrics, clock);
  private final ShadowApi api = new ShadowApi(cluster, report, clock, ScoreListener.NONE);
  private Scheduler scheduler;

  @BeforeEach
  void start() throws InterruptedException {
    SchedulerConfiguration c = SchedulerConfiguration.standard();
    scheduler = new Scheduler(c, new Scheduler.Parts(api, clock, new Random(7), BuiltinPlugins.registry(c), List.of(), api.scores(),
        SchedulerMetrics.NONE, "test"));
    api.watch(scheduler.listener());
    node("small", 2);
    node("large", 8);
  }

  private void create(String yaml) {
    HasMetadata o = JSON.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private void node(String name, int cpu) {
    create("{apiVersion: v1, kind: Node, metadata: {name: " + name + ", labels: {size: " + name + "}}, status: {allocatable: {cpu: " + cpu
        + ", memory: 8Gi, pods: 110}}}");
  }

  private void pod(String name, int cpu, String more) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name + ", namespace: ns}, spec: {containers: [{name: c, image: i, resources: "
        + "{requests: {cpu: " + cpu + "}}}]" + more + "}}");
  }

  private PodRef ref(String name) {
    Pod p = cluster.find(Pod.class, "ns", name).orElseThrow();
    return new PodRef("ns", name, p.getMetadata().getUid());
  }

  private void until(BooleanSupplier done) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    scheduler.loop().runUntilIdle(scheduler::scheduleOne);
    while (!done.getAsBoolean()) {
      assertThat(System.nanoTime()).as("differences: %s", report.differences()).isLessThan(end);
      scheduler.loop().awaitTask(20, scheduler::scheduleOne);
    }
  }

  private boolean counted(Outcome outcome, int times) {
    return metrics.find("kubrig_scheduler_shadow_decisions_total").tag("outcome", outcome.label()).counter().count() == times;
  }

  @Test
  void agrees_and_leaves_the_binding_to_the_other() throws Exception {
    pod("a", 1, ", nodeSelector: {size: large}");
    until(() -> scheduler.state().podCount() == 1);
    assertThat(cluster.find(Pod.class, "ns", "a").orElseThrow().getSpec().getNodeName()).isNull();
    cluster.bind(ref("a"), "large");
    until(() -> counted(Outcome.SAME, 1));
    assertThat(report.differences()).isEmpty();
    assertThat(cluster.list(Event.class)).as("a shadow writes nothing").isEmpty();
    assertThat(scheduler.queue().pods()).isEmpty();
  }

  @Test
  void tells_of_another_node_with_both_scores_and_goes_on_from_where_the_pod_is() throws Exception {
    pod("a", 1, "");
    until(() -> scheduler.state().podCount() == 1);
    cluster.bind(ref("a"), "small");
    until(() -> counted(Outcome.DIFFERENT, 1));
    Comparison c = report.differences().getFirst();
    assertThat(c.here()).isEqualTo("large");
    assertThat(c.there()).isEqualTo("small");
    assertThat(c.why()).matches("scores here: \\d+ and \\d+");
    assertThat(report.page()).contains("\"different\":1", "\"pod\":\"ns/a\"");
    until(() -> scheduler.state().podCount() == 1
        && scheduler.state().nodes().stream().anyMatch(n -> n.name().equals("small") && n.pods().size() == 1));
  }

  @Test
  void equal_scores_are_no_difference() throws Exception {
    create("{apiVersion: v1, kind: Node, metadata: {name: twin}, status: {allocatable: {cpu: 8, memory: 8Gi, pods: 110}}}");
    pod("a", 1, "");
    until(() -> scheduler.state().podCount() == 1);
    String here = scheduler.state().nodes().stream().filter(n -> !n.pods().isEmpty()).findFirst().orElseThrow().name();
    cluster.bind(ref("a"), here.equals("twin") ? "large" : "twin");
    until(() -> counted(Outcome.TIED, 1));
    assertThat(report.differences()).isEmpty();
  }

  @Test
  void tells_of_a_pod_that_the_other_cannot_place_once_and_keeps_trying() throws Exception {
    pod("a", 1, "");
    until(() -> scheduler.state().podCount() == 1);
    PodCondition no = new PodCondition();
    no.setType("PodScheduled");
    no.setStatus("False");
    no.setReason("Unschedulable");
    no.setMessage("0/2 nodes are available");
    cluster.patchStatus(ref("a"), new StatusChange(no, null));
    until(() -> {
      clock.advance(Duration.ofSeconds(5));
      return counted(Outcome.ONLY_HERE, 1);
    });
    assertThat(report.differences().getFirst().why()).isEqualTo("there: 0/2 nodes are available");
    until(() -> scheduler.state().podCount() == 0 && scheduler.queue().pods().size() == 1);
  }

  @Test
  void tells_of_a_pod_that_only_the_other_places() throws Exception {
    pod("a", 1, ", nodeSelector: {size: none}");
    until(() -> scheduler.queue().sizes().get("unschedulable") == 1);
    cluster.bind(ref("a"), "small");
    until(() -> counted(Outcome.ONLY_THERE, 1));
    assertThat(report.differences().getFirst().why()).contains("0/2 nodes are available");
  }
}
