package io.kubrig.apiserver.server;

import io.kubrig.apiserver.authz.Attributes;
import io.kubrig.apiserver.authz.Authorizer;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.authz.Verdict;
import io.kubrig.apiserver.kinds.LiveCluster;
import io.kubrig.apiserver.kinds.Records;
import io.kubrig.apiserver.registry.DecodedObjects;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.storage.Change;
import io.kubrig.apiserver.storage.CompactedException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Keyspace;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.apiserver.storage.UnreadableValueException;
import io.kubrig.apiserver.storage.Watcher;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stored objects as the server's own parts see them: kinds, admission, authentication and authorization. */
final class StoredObjects implements LiveCluster, ObjectReader, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredObjects.class);
  private static final Duration FOREVER = Duration.ofDays(365);

  private final ObjectStore store;
  private final Records records;
  private final DecodedObjects decoded = new DecodedObjects();
  private final Supplier<ResourceCatalog> catalog;
  private final Settings settings;
  private final Supplier<Authorizer> authorizer;
  private final Clock clock;
  private final RandomGenerator random;
  private final List<Thread> followers = new CopyOnWriteArrayList<>();
  private final List<Following> followings = new CopyOnWriteArrayList<>();

  /**
   * @param catalog asked late: kinds are part of what it is made of
   * @param authorizer asked late: it reads these objects
   */
  StoredObjects(
      ObjectStore store, Supplier<ResourceCatalog> catalog, Supplier<Authorizer> authorizer, Settings settings, Clock clock,
      RandomGenerator random) {
    this.store = store;
    this.records = new StoredRecords(store.storage(), clock);
    this.catalog = catalog;
    this.authorizer = authorizer;
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
  public Records records() {
    return records;
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Verdict authorize(Attributes question) {
    return authorizer.get().authorize(question);
  }

  @Override
  public Optional<Tree> get(String group, String plural, String namespace, String name) {
    return catalog.get().resource(group, plural).flatMap(resource -> store.entry(resource, namespace, name)).map(decoded::of);
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

  private List<Tree> trees(Snapshot snapshot, String prefix) {
    List<Tree> found = new ArrayList<>();
    snapshot.list(prefix).forEach(entry -> tree(entry, decoded::of).ifPresent(found::add));
    return found;
  }

  @Override
  public void follow(String group, String plural, Follower follower) {
    Resource resource = catalog.get().resource(group, plural)
        .orElseThrow(() -> new IllegalArgumentException("nothing serves " + plural + "." + group));
    Following following = new Following(resource, follower);
    following.begin();
    followings.add(following);
    Thread thread = Thread.ofVirtual().name("follow " + plural).unstarted(following::run);
    followers.add(thread);
    thread.start();
  }

  /** Whether all who follow a kind have been told of its objects as they were at a revision, which is that of one of them. */
  boolean areTold(String group, String plural, long revision) {
    return followings.stream().filter(following -> following.resource.group().equals(group) && following.resource.plural().equals(plural))
        .allMatch(following -> following.toldTo >= revision);
  }

  /** One follower on its way: what it has been told, so that it can be told of what went while it could not be. */
  private final class Following {
    private final Resource resource;
    private final Follower follower;
    private final Map<String, Entry> told = new HashMap<>();
    private Watcher watcher;
    private volatile long toldTo; // by the following thread

    Following(Resource resource, Follower follower) {
      this.resource = resource;
      this.follower = follower;
    }

    void begin() {
      Keyspace keyspace = store.storage().keyspace();
      String prefix = resource.prefix("");
      while (true) {
        Snapshot snapshot = keyspace.current();
        try {
          watcher = keyspace.watch(prefix, snapshot.revision());
          forgetMissing(snapshot);
          snapshot.list(prefix).forEach(this::put);
          toldTo = snapshot.revision();
          return;
        } catch (CompactedException e) {
          Thread.onSpinWait(); // so much was written since the snapshot that its past is gone: take a newer one
        }
      }
    }

    private void forgetMissing(Snapshot snapshot) {
      List<Entry> gone = told.values().stream().filter(entry -> snapshot.get(entry.key()).isEmpty()).toList();
      gone.forEach(this::remove);
    }

    void run() {
      try {
        while (!Thread.currentThread().isInterrupted()) {
          switch (watcher.next(FOREVER)) {
            case Watcher.Next.Changed changed -> tell(changed.change());
            case Watcher.Next.Idle ignored -> { }
            case Watcher.Next.Closed ignored -> {
              return;
            }
            case Watcher.Next.Overflow ignored -> {
              watcher.close();
              begin();
            }
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } finally {
        watcher.close();
      }
    }

    private void tell(Change change) {
      if (change.after() != null) {
        put(change.after());
      } else {
        remove(change.before());
      }
      toldTo = change.revision();
    }

    private void put(Entry entry) {
      tree(entry, this::heeded).ifPresent(object -> {
        told.put(entry.key(), entry);
        follower.put(object);
      });
    }

    private Tree heeded(Entry entry) {
      return follower.heeds(ObjectStore.facts(resource, entry).fields()) ? ObjectStore.tree(entry) : null;
    }

    private void remove(Entry last) {
      if (told.remove(last.key()) != null) {
        tree(last, ObjectStore::tree).ifPresent(follower::removed);
      }
    }
  }

  /**
   * Empty where the decoder answers null and, said in the log, when what is stored cannot be understood: clients that ask for it get the
   * error.
   */
  private static Optional<Tree> tree(Entry entry, Function<Entry, Tree> decoder) {
    try {
      return Optional.ofNullable(decoder.apply(entry));
    } catch (UnreadableValueException e) {
      LOG.error("The object under {} is ignored: {}", entry.key(), e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    followers.forEach(Thread::interrupt);
  }
}
