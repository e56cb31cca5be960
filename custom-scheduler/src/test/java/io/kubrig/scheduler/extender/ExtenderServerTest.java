package io.kubrig.scheduler.extender;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A scheduler whose own plugins know nothing of taints (or cpu), and another that serves it as an extender which does. */
final class ExtenderServerTest {
  private static final String HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";
  private static final KubernetesSerialization JSON = new KubernetesSerialization();

  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final List<Scheduler> schedulers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private ExtenderServer server;

  @BeforeEach
  void serve() {
    create("{apiVersion: v1, kind: Node, metadata: {name: tainted}, spec: {taints: [{key: k, effect: NoSchedule}]},"
        + " status: {allocatable: {cpu: 4, memory: 8Gi, pods: 110}}}");
    create("{apiVersion: v1, kind: Node, metadata: {name: small}, status: {allocatable: {cpu: 1, memory: 8Gi, pods: 110}}}");
    create("{apiVersion: v1, kind: Node, metadata: {name: medium}, status: {allocatable: {cpu: 2, memory: 8Gi, pods: 110}}}");
    Scheduler extender = run(SchedulerConfiguration.parse(HEAD + "profiles: [{schedulerName: as-extender}]"));
    server = extender.serveAsExtender(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  @AfterEach
  void stop() throws InterruptedException {
    server.close();
    schedulers.forEach(Scheduler::stop);
    for (Thread t : threads) {
      t.interrupt();
      t.join();
    }
  }

  private void create(String yaml) {
    HasMetadata o = JSON.unmarshal("---\n" + yaml);
    cluster.create(o);
  }

  private Scheduler run(SchedulerConfiguration c) {
    Scheduler s = new Scheduler(c, new Scheduler.Parts(cluster, Clock.system(), new Random(1), BuiltinPlugins.registry(c), Extenders.of(c),
        ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
    schedulers.add(s);
    threads.add(Thread.ofPlatform().start(() -> {
      try {
        s.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }));
    return s;
  }

  private void caller(boolean nodeCache, String disabled) {
    run(SchedulerConfiguration.parse(HEAD + """
        extenders:
        - {urlPrefix: "http://127.0.0.1:%d", filterVerb: filter, prioritizeVerb: prioritize, preemptVerb: preempt, bindVerb: bind, weight: 10,
           nodeCacheCapable: %s}
        profiles:
        - plugins:
            multiPoint: {disabled: [%s]}
        """.formatted(server.port(), nodeCache, disabled)));
  }

  private Pod await(String name, Predicate<Pod> what) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (true) {
      Pod p = cluster.find(Pod.class, "ns", name).orElseThrow();
      if (what.test(p)) {
        return p;
      }
      assertThat(System.nanoTime()).as("pod %s: %s", name, p).isLessThan(deadline);
      cluster.awaitChange(100);
    }
  }

  private void pod(String name, String cpu, String more) {
    create("{apiVersion: v1, kind: Pod, metadata: {name: " + name
        + ", namespace: ns}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "
        + cpu + "}}}]" + more + "}}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void a_caller_places_pods_where_the_plugins_behind_the_protocol_want_them(boolean nodeCache) throws InterruptedException {
    caller(nodeCache, "{name: TaintToleration}, {name: NodeResourcesFit}, {name: NodeResourcesBalancedAllocation}");
    pod("p", "500m", "");
    assertThat(await("p", p -> p.getSpec().getNodeName() != null).getSpec().getNodeName()).as("the emptiest node without taint")
        .isEqualTo("medium");
    pod("huge", "64", "");
    Pod huge = await("huge", p -> p.getStatus().getConditions().stream().anyMatch(c -> c.getMessage() != null));
    assertThat(huge.getStatus().getConditions().getFirst().getMessage())
        .contains("0/3 nodes are available", "2 Insufficient cpu", "1 node(s) had untolerated taint(s)");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void proposed_evictions_are_kept_only_where_the_pod_then_fits(boolean nodeCache) throws InterruptedException {
    pod("victim", "1", ", nodeName: small, priority: 1, terminationGracePeriodSeconds: 0");
    pod("other", "2", ", nodeName: medium, priority: 1, terminationGracePeriodSeconds: 0");
    caller(nodeCache, "{name: TaintToleration}");
    pod("urgent", "1500m", ", priority: 100");
    assertThat(await("urgent", p -> p.getSpec().getNodeName() != null).getSpec().getNodeName()).isEqualTo("medium");
    assertThat(cluster.find(Pod.class, "ns", "victim")).isPresent();
    assertThat(cluster.find(Pod.class, "ns", "other")).isEmpty();
  }
}
