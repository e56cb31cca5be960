package io.kubrig.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Caches;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Caches that are filled before anybody watches them, as those of a manager that stands by. */
@KubrigTest(controllers = false, scheduler = false, nodes = 0)
class StandbyCachesTest {
  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();

  @Test
  void who_watches_them_later_is_told_what_came_before_and_what_comes_after(KubernetesClient client) throws InterruptedException {
    create(client, "early");
    try (Caches caches = new Caches(client)) {
      Cached<ConfigMap> maps = caches.of(ConfigMap.class);
      caches.begin();
      caches.start();
      create(client, "meanwhile");
      maps.watch(this::tell, (before, after) -> { }, gone -> { });
      create(client, "late");
      assertThat(hear(3)).containsExactly("early", "late", "meanwhile");
      assertThat(told).as("what is told twice").isEmpty();
    }
  }

  private void tell(ConfigMap map) {
    if (map.getMetadata().getNamespace().equals("default") && !map.getMetadata().getName().startsWith("kube-")) {
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
