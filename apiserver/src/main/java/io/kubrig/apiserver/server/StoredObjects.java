package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.storage.Change;
import io.kubrig.apiserver.storage.CompactedException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Keyspace;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.apiserver.storage.Watcher;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** The stored objects as the server's own parts see them: kinds, admission, authentication and authorization. */
final class StoredObjects implements LiveCluster, ObjectReader, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final ObjectStore store;
  private final Supplier<ResourceCatalog> catalog;
  private final Settings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final List<Thread> followers = new CopyOnWriteArrayList<>();

  /** @param catalog asked late: kinds are part of what it is made of */
  StoredObjects(ObjectStore store, Supplier<ResourceCatalog> catalog, Settings settings, Clock clock, RandomGenerator random) {
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
    return catalog
        .get()
        .resource(group, plural)
        .map(resource -> trees(store.storage().keyspace().current(), resource.prefix(namespace)))
        .orElse(List.of());
  }

  @Override
  public boolean create(String group, String plural, Tree object) {
    Resource resource = catalog.get().resource(group, plural).orElseThrow();
    Tree made = Tree.of("kind", resource.kind(), "apiVersion", resource.storageApiVersion());
    object.copy().forEach(made::add);
    Instant now = clock.now();
    made.need("metadata").set("uid", uuid()).set("creationTimestamp", Timestamps.format(now));
    return store.put(resource, made, 0, now) instanceof Outcome.Committed;
  }

  private String uuid() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    return new UUID(high, (random.nextLong() & ~(3L << 62)) | (1L << 63)).toString();
  }

  @Override
  public void remove(String group, String plural, String namespace, String name) {
    Resource resource = catalog.get().resource(group, plural).orElseThrow();
    Optional<Entry> entry = store.entry(resource, namespace, name);
    while (entry.isPresent() && store.delete(entry.get()) instanceof Outcome.Conflict) {
      entry = store.entry(resource, namespace, name);
    }
  }

  private static List<Tree> trees(Snapshot snapshot, String prefix) {
    List<Tree> found = new ArrayList<>();
    for (Entry entry : snapshot.list(prefix)) {
      found.add(ObjectStore.tree(entry));
    }
    return found;
  }

  @Override
  public void follow(String group, String plural, Follower follower) {
    Resource resource = catalog.get().resource(group, plural).orElseThrow(() -> new IllegalArgumentException("nothing serves " + plural + "." + group));
    Watcher watcher = begin(resource.prefix(""), follower);
    Thread thread = Thread.ofVirtual().name("follow " + plural).unstarted(() -> run(watcher, resource.prefix(""), follower));
    followers.add(thread);
    thread.start();
  }

  private Watcher begin(String prefix, Follower follower) {
    Keyspace keyspace = store.storage().keyspace();
    while (true) {
      Snapshot snapshot = keyspace.current();
      try {
        Watcher watcher = keyspace.watch(prefix, snapshot.revision());
        trees(snapshot, prefix).forEach(follower::put);
        return watcher;
      } catch (CompactedException e) {
        Thread.onSpinWait(); // so much was written since the snapshot that its past is gone: take a newer one
      }
    }
  }

  private void run(Watcher first, String prefix, Follower follower) {
    Watcher watcher = first;
    try {
      while (!Thread.currentThread().isInterrupted()) {
        switch (watcher.next(PATIENCE)) {
          case Watcher.Next.Changed changed -> tell(changed.change(), follower);
          case Watcher.Next.Idle ignored -> { }
          case Watcher.Next.Closed ignored -> {
            return;
          }
          case Watcher.Next.Overflow ignored -> {
            watcher.close();
            watcher = begin(prefix, follower);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      watcher.close();
    }
  }

  private static void tell(Change change, Follower follower) {
    if (change.after() != null) {
      follower.put(ObjectStore.tree(change.after()));
    } else {
      follower.removed(ObjectStore.tree(change.before()));
    }
  }

  @Override
  public void close() {
    followers.forEach(Thread::interrupt);
  }
}
