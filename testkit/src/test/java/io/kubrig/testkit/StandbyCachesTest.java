package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.informers.StreamedInformers;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.metadata.CatchUp;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.testkit.traffic.CallPattern;
import java.time.Duration;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Caches that are filled before anybody watches them, as those of a manager that stands by. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class StandbyCachesTest {
  KubrigCluster cluster;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Test
  void who_watches_them_later_is_told_what_came_before_and_what_comes_after(KubernetesClient client) throws InterruptedException {
    create(client, "told-early");
    try (Caches caches = caches(client)) {
      Cached<ConfigMap> maps = caches.of(ConfigMap.class);
      caches.begin();
      caches.start();
      create(client, "told-meanwhile");
      maps.watch(this::tell, (before, after) -> { }, gone -> { });
      create(client, "told-late");
      assertThat(hear(3)).containsExactly("told-early", "told-late", "told-meanwhile");
      assertThat(told).as("what is told twice").isEmpty();
    }
  }

  @Test
  void caches_that_hear_late_are_waited_for_until_they_show_what_is_there(KubernetesClient client) throws Exception {
    create(client, "stays");
    create(client, "goes");
    try (Caches caches = caches(client)) {
      Cached<ConfigMap> maps = caches.of(ConfigMap.class);
      caches.of(Node.class);
      caches.start();
      CatchUp catchUp = new CatchUp(new MetadataClient(client), Clock.system());
      assertThat(catchUp.await(caches, Duration.ofMinutes(1))).isEmpty();
      try (var held = cluster.faults().hold(CallPattern.calls().resource("configmaps").by("kubernetes-admin"))) {
        create(client, "new");
        assertThat(catchUp.await(caches, Duration.ofMillis(200))).as("one was created").containsExactly("ConfigMap");
      }
      assertThat(catchUp.await(caches, Duration.ofMinutes(1))).isEmpty();
      assertThat(maps.get("default", "new")).isPresent();
      try (var held = cluster.faults().hold(CallPattern.calls().resource("configmaps").by("kubernetes-admin"))) {
        client.configMaps().inNamespace("default").withName("goes").delete();
        assertThat(catchUp.await(caches, Duration.ofMillis(200))).as("one was deleted").containsExactly("ConfigMap");
      }
      assertThat(catchUp.await(caches, Duration.ofMinutes(1))).isEmpty();
      assertThat(maps.get("default", "goes")).isEmpty();
      try (var held = cluster.faults().hold(CallPattern.calls().resource("configmaps").by("kubernetes-admin"))) {
        client.configMaps().inNamespace("default").withName("stays").edit(map -> map.edit().addToData("a", "b").build());
        assertThat(catchUp.await(caches, Duration.ofMillis(200))).as("one was changed").containsExactly("ConfigMap");
      }
      assertThat(catchUp.await(caches, Duration.ofMinutes(1))).isEmpty();
      assertThat(maps.get("default", "stays").orElseThrow().getData()).containsEntry("a", "b");
    }
  }

  private static Caches caches(KubernetesClient client) {
    return new Caches(new StreamedInformers(client, Clock.system(), new Random(1), true));
  }

  private void tell(ConfigMap map) {
    if (map.getMetadata().getName().startsWith("told-")) {
      told.add(map.getMetadata().getName());
    }
  }

  private Set<String> hear(int names) throws InterruptedException {
    Set<String> heard = new TreeSet<>();
    while (heard.size() < names) {
      String next = told.poll(60, TimeUnit.SECONDS);
      assertThat(next).as("what is told after " + heard).isNotNull();
      heard.add(next);
    }
    return heard;
  }

  private static void create(KubernetesClient client, String name) {
    client.resource(new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().build()).create();
  }
}
