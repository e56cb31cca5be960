package io.kubrig.scheduler.whatif;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.health.Page;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.simulation.MemoryCluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QuestionsTest {
  private final MemoryCluster cluster = new MemoryCluster(Clock.system());
  private final SchedulerConfiguration configuration = SchedulerConfiguration.standard();
  private final Scheduler scheduler = new Scheduler(configuration, new Scheduler.Parts(cluster, Clock.system(), new Random(1),
      BuiltinPlugins.registry(configuration), List.of(), ScoreListener.NONE, SchedulerMetrics.NONE, "test"));
  private final Questions questions = new Questions(scheduler, configuration,
      () -> BuiltinPlugins.registry(configuration), Clock.system());
  private Thread loop;

  @BeforeEach
  void start() throws InterruptedException {
    Map<String, Quantity> size = Map.of("cpu", new Quantity("2"), "memory", new Quantity("4Gi"), "pods", new Quantity("10"));
    cluster.create(new NodeBuilder().withNewMetadata().withName("n1").endMetadata().withNewSpec().endSpec().withNewStatus()
        .withAllocatable(size).endStatus().build());
    cluster.create(new PodBuilder().withNewMetadata().withNamespace("default").withName("large").endMetadata().withNewSpec()
        .addNewContainer()
        .withName("c").withImage("i").withNewResources().addToRequests("cpu", new Quantity("3")).endResources().endContainer().endSpec()
            .build());
    loop = Thread.ofPlatform().start(() -> {
      try {
        scheduler.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    while (cluster.find(Pod.class, "default", "large").orElseThrow().getStatus().getConditions().isEmpty()) {
      cluster.awaitChange(100);
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    scheduler.stop();
    loop.join();
  }

  private static Page.Request request(String verb, Map<String, String> query, String body) {
    Map<String, List<String>> lists = new HashMap<>();
    query.forEach((k, v) -> lists.put(k, List.of(v)));
    return new Page.Request(verb, "/debug", lists, body);
  }

  @Test
  void a_running_scheduler_tells_why_a_pod_waits() {
    Page.Answer answer = questions.why(request("get", Map.of("pod", "large"), ""));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    assertThat(answer.text()).contains("0/1 nodes are available: 1 Insufficient cpu.", "ask for 1 less cpu (2 instead of 3)");
    assertThat(questions.why(request("get", Map.of("pod", "nobody"), "")).text())
        .isEqualTo("pods \"nobody\" not found in namespace default\n");
  }

  private void pod(String name, int priority) {
    cluster.create(new PodBuilder().withNewMetadata().withNamespace("default").withName(name).endMetadata().withNewSpec()
        .withPriority(priority).addNewContainer().withName("c").withImage("i").withNewResources()
        .addToRequests("cpu", new Quantity("2")).endResources().endContainer().endSpec().build());
  }

  private void await(Predicate<Pod> holds, String name) throws InterruptedException {
    while (cluster.find(Pod.class, "default", name).filter(holds).isEmpty()) {
      cluster.awaitChange(100);
    }
  }

  @Test
  void a_running_scheduler_tells_who_evicted_whom() throws InterruptedException {
    pod("low", 1);
    await(p -> p.getSpec().getNodeName() != null, "low");
    pod("high", 10);
    await(p -> p.getMetadata().getDeletionTimestamp() != null, "low");
    await(p -> "n1".equals(p.getStatus().getNominatedNodeName()), "high");
    String evicted = "\"by\":\"default/high\",\"priority\":10,\"node\":\"n1\",\"victims\":[{\"pod\":\"default/low\",\"priority\":1}]";
    assertThat(questions.why(request("get", Map.of("pod", "high"), "")).text()).contains(evicted);
    assertThat(questions.why(request("get", Map.of("pod", "low"), "")).text()).contains(evicted);
    cluster.delete(cluster.find(Pod.class, "default", "low").orElseThrow(), 0L);
    await(p -> p.getSpec().getNodeName() != null, "high");
    assertThat(questions.why(request("get", Map.of("pod", "low"), "")).text()).startsWith("pod default/low is gone: at ")
        .endsWith("it was evicted from node n1 for pod default/high of priority 10\n");
  }

  @Test
  void a_running_scheduler_tells_of_its_queue_and_its_cache() throws InterruptedException {
    assertThat(questions.queue(request("get", Map.of(), "")).text()).contains("\"pod\":\"default/large\",\"queue\":\"unschedulable\"",
        "\"attempts\":1", "\"unschedulablePlugins\":[\"NodeResourcesFit\"]");
    pod("there", 1);
    await(p -> p.getSpec().getNodeName() != null, "there");
    assertThat(questions.cache(request("get", Map.of("node", "n1"), "")).text()).contains("\"name\":\"n1\"", "\"requested\":{\"cpu\":2000}",
        "\"cpu\":2000,\"memory\":4294967296", "default/there");
    assertThat(questions.cache(request("get", Map.of("node", "n2"), "")).text()).isEqualTo("[]\n");
  }

  @Test
  void pods_that_wait_for_another_scheduler_are_known_until_they_have_a_node() throws InterruptedException {
    Pod other = new PodBuilder().withNewMetadata().withNamespace("default").withName("other").endMetadata().withNewSpec()
        .withSchedulerName("another").addNewContainer().withName("c").withImage("i").withNewResources().endResources().endContainer()
            .endSpec()
        .build();
    other = cluster.create(other);
    assertThat(scheduler.knowledge().pods()).extracting(io.kubrig.scheduler.model.Pod::key)
        .containsExactlyInAnyOrder("default/large", "default/other");
    cluster.bind(new ClusterApi.PodRef("default", "other", other.getMetadata().getUid()), "n1");
    assertThat(scheduler.knowledge().pods()).extracting(p -> p.key() + " " + p.state().nodeName())
        .containsExactlyInAnyOrder("default/large null", "default/other n1");
    cluster.delete(cluster.find(Pod.class, "default", "other").orElseThrow(), 0L);
    assertThat(scheduler.knowledge().pods()).extracting(io.kubrig.scheduler.model.Pod::key).containsExactly("default/large");
  }

  @Test
  void a_running_scheduler_tells_where_pods_would_go_without_placing_them() {
    String pod = "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: i, resources: {requests: {cpu: "
        + "500m}}}]}}";
    assertThat(questions.simulate(request("post", Map.of(), pod)).text()).contains("\"node\":\"n1\"");
    assertThat(questions.simulate(request("post", Map.of("capacity", "true"), pod)).text()).contains("\"count\":4", "Insufficient cpu");
    assertThat(questions.simulate(request("post", Map.of("capacity", "true"), pod)).text()).contains("\"count\":4");
    assertThat(questions.simulate(request("post", Map.of("preempt", "true"), pod)).text()).contains("\"evicts\":[]");
    assertThat(questions.simulate(request("post", Map.of(), "{")).status()).isEqualTo(400);
  }
}
