package io.kubrig.apiserver.server;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The cluster as kinds and admission see it: straight from storage. */
final class StoredCluster implements Cluster {
  private final ObjectStore store;
  private final Supplier<ResourceCatalog> catalog;
  private final Settings settings;
  private final Clock clock;
  private final RandomGenerator random;

  /** @param catalog asked late: kinds are part of what it is made of */
  StoredCluster(ObjectStore store, Supplier<ResourceCatalog> catalog, Settings settings, Clock clock, RandomGenerator random) {
    this.store = store;
    this.catalog = catalog;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Clock clock() {
    return clock;
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Optional<Tree> get(String group, String plural, String namespace, String name) {
    return catalog.get().resource(group, plural).flatMap(resource -> store.get(resource, namespace, name));
  }

  @Override
  public List<Tree> list(String group, String plural, String namespace) {
    List<Tree> found = new ArrayList<>();
    catalog
        .get()
        .resource(group, plural)
        .ifPresent(
            resource -> {
              for (Entry entry : store.storage().keyspace().current().list(resource.prefix(namespace))) {
                found.add(ObjectStore.tree(entry));
              }
            });
    return found;
  }
}
