package io.kubrig.operators.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.operators.engine.Caches;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CachedMetadataTest {
  private static final ResourceType TYPE = new ResourceType("apps", "v1", "deployments", "Deployment", true, Set.of("list", "watch"));

  private final List<ResourceEventHandler<Deployment>> handlers = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final Caches caches = new Caches(kind -> informer());

  @Test
  void tells_what_comes_changes_and_goes_until_it_is_closed() {
    CachedMetadata feed = feed();
    handlers.getLast().onAdd(deployment("a", "1"));
    handlers.getLast().onUpdate(deployment("a", "1"), deployment("a", "1"));
    handlers.getLast().onDelete(deployment("a", "1"), false);
    assertThat(told).containsExactly("none > a/1", "a/1 > a/1", "a/1 > none");
    assertThat(feed.synced()).isTrue();
    feed.close();
    assertThat(handlers).as("what the cache itself listens with").hasSize(1);
  }

  @Test
  void an_object_that_took_the_place_of_another_is_another() {
    feed();
    handlers.getLast().onUpdate(deployment("a", "1"), deployment("a", "2"));
    assertThat(told).containsExactly("a/1 > none", "none > a/2");
  }

  @Test
  void a_cache_is_found_by_what_its_objects_say_they_are() {
    caches.of(Deployment.class);
    assertThat(caches.of("apps/v1", "Deployment")).isPresent();
    assertThat(caches.of("apps/v1beta1", "Deployment")).isEmpty();
    assertThat(caches.of("apps/v1", "ReplicaSet")).isEmpty();
  }

  private CachedMetadata feed() {
    return new CachedMetadata(TYPE, caches.of(Deployment.class),
        (type, before, after) -> told.add(text(before) + " > " + text(after)));
  }

  private static String text(ObjectMeta object) {
    return object == null ? "none" : object.getName() + "/" + object.getUid();
  }

  private static Deployment deployment(String name, String uid) {
    return new DeploymentBuilder().withNewMetadata().withName(name).withUid(uid).endMetadata().build();
  }

  @SuppressWarnings("unchecked")
  private SharedIndexInformer<Deployment> informer() {
    return fake(SharedIndexInformer.class, (self, method, args) -> switch (method.getName()) {
      case "getIndexer" -> fake(method.getReturnType(), (index, asked, with) -> null);
      case "addEventHandler" -> {
        handlers.add((ResourceEventHandler<Deployment>) args[0]);
        yield self;
      }
      case "removeEventHandler" -> {
        handlers.remove(args[0]);
        yield self;
      }
      case "hasSynced" -> true;
      default -> throw new UnsupportedOperationException(method.toString());
    });
  }

  private static <T> T fake(Class<T> type, InvocationHandler handler) {
    return type.cast(Proxy.newProxyInstance(CachedMetadataTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
