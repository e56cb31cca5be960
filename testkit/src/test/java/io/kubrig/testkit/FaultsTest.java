package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.testkit.assertion.KubrigAssertions;
import io.kubrig.testkit.traffic.CallPattern;
import io.kubrig.testkit.traffic.Fault;
import io.kubrig.testkit.traffic.Faults;
import io.kubrig.testkit.traffic.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

@KubrigTest(controllers = false, scheduler = false, nodes = 0, virtualTime = true, isolation = KubrigTest.Isolation.METHOD)
class FaultsTest {
  private static final CallPattern UPDATES = CallPattern.calls().verb("update").resource("configmaps");

  KubrigCluster cluster;
  KubernetesClient client;

  @Test
  void a_call_is_refused_as_often_as_the_rule_says() {
    client.resource(Samples.config("a", "1")).create();
    cluster.faults().next(1, UPDATES, Fault.conflict());
    assertThatThrownBy(() -> client.resource(Samples.config("a", "2")).update())
        .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));
    assertThat(client.resource(Samples.config("a", "2")).update().getData()).containsEntry("k", "2");
  }

  @Test
  void an_answer_can_get_lost_after_the_server_did_what_was_asked() {
    cluster.faults().next(1, CallPattern.calls().verb("create"), new Fault.DoneButRefused(400, "BadRequest", "lost"));
    assertThatThrownBy(() -> client.resource(Samples.config("a", "1")).create()).hasMessageContaining("lost");
    assertThat(client.resource(Samples.config("a", "")).get()).isNotNull();
  }

  @Test
  void a_cache_is_stale_while_its_watch_is_held_and_misses_nothing() throws Exception {
    try (SharedIndexInformer<ConfigMap> cache = client.configMaps().inNamespace("default").inform()) {
      try (Faults.Held held = cluster.faults().hold(CallPattern.calls().resource("configmaps"))) {
        client.resource(Samples.config("a", "1")).create();
        client.resource(Samples.config("b", "1")).create();
        cluster.settle();
        assertThat(cache.getStore().list()).isEmpty();
      }
      cluster.settle();
      assertThat(cache.getStore().listKeys()).containsExactlyInAnyOrder("default/a", "default/b");
    }
  }

  @Test
  void an_event_can_be_lost() throws Exception {
    try (SharedIndexInformer<ConfigMap> cache = client.configMaps().inNamespace("default").inform()) {
      cluster.faults().dropEvents(1, CallPattern.calls().resource("configmaps"));
      client.resource(Samples.config("lost", "1")).create();
      client.resource(Samples.config("heard", "1")).create();
      cluster.settle();
      assertThat(cache.getStore().listKeys()).containsExactly("default/heard");
    }
  }

  @Test
  void a_cache_recovers_from_watches_that_end_or_expire() throws Exception {
    try (SharedIndexInformer<ConfigMap> cache = client.configMaps().inNamespace("default").inform()) {
      cluster.faults().closeWatches(CallPattern.calls().resource("configmaps"));
      client.resource(Samples.config("a", "1")).create();
      awaitKey(cache, "default/a");
      cluster.faults().expireWatches(CallPattern.calls().resource("configmaps"));
      client.resource(Samples.config("b", "1")).create();
      awaitKey(cache, "default/b");
    }
  }

  /** A client comes back after an interval of its own, in real time. */
  private static void awaitKey(SharedIndexInformer<ConfigMap> cache, String key) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (cache.getStore().getByKey(key) == null && System.nanoTime() < end) {
      Thread.onSpinWait();
      Thread.yield();
    }
    assertThat(cache.getStore().getByKey(key)).isNotNull();
  }

  @Test
  void the_same_seed_gives_the_same_faults() throws Exception {
    assertThat(faults(42)).isNotEmpty().isEqualTo(faults(42)).isNotEqualTo(faults(43));
  }

  private List<String> faults(long seed) throws Exception {
    try (KubrigCluster fork = cluster.fork()) {
      fork.faults().random(seed, 0.4, CallPattern.writes());
      List<String> struck = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        try {
          fork.client().configMaps().resource(Samples.config("c" + i, "1")).create();
        } catch (KubernetesClientException e) {
          struck.add("c" + i);
        }
      }
      return fork.traffic().calls(CallPattern.writes()).stream()
          .filter(call -> call.fault().isPresent())
          .map(call -> call.call().name() + call.fault())
          .toList();
    }
  }

  @Test
  void calls_are_counted_and_told_with_what_they_changed() throws Exception {
    client.resource(Samples.config("a", "1")).create();
    KubrigAssertions.assertThat(cluster)
        .makesAtMost(1, UPDATES, () -> client.resource(Samples.config("a", "2")).update())
        .makesNo(CallPattern.writes(), () -> client.configMaps().inNamespace("default").list());
    assertThatThrownBy(
            () -> KubrigAssertions.assertThat(cluster)
                .makesNo(CallPattern.writes(), () -> client.resource(Samples.config("b", "1")).create()))
        .hasMessageContaining("kubernetes-admin create configmaps default");
    assertThat(cluster.traffic().report(10)).contains("data.k: 1 → 2");
    assertThat(cluster.traffic().calls(UPDATES)).extracting(Traffic.Answered::status).containsExactly(200);
  }

  @Test
  void rights_are_found_to_be_sufficient_and_minimal() {
    cluster.apply("testkit/reader.yaml");
    var rules = client.rbac().roles().inNamespace("default").withName("reader").get().getRules();
    try (KubernetesClient alice = cluster.clientFor("alice")) {
      alice.configMaps().inNamespace("default").list();
      KubrigAssertions.assertThat(cluster).neverForbade("alice");
      assertThatThrownBy(() -> KubrigAssertions.assertThat(cluster).usedAllOf(rules, "alice"))
          .hasMessageContaining("watch configmaps")
          .hasMessageNotContaining("list configmaps");
    }
  }
}
