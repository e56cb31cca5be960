package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Everything that is known of one kind: the shared informer's objects, and on top of them what this process has written and the
 * watch has not brought yet.
 *
 * <p>An own write is shown from the moment of its answer until the informer has passed its revision; from then on the informer is the
 * truth (the object may have been changed or deleted since). Revisions are compared as numbers (API conventions, 1.35).
 *
 * <p>Objects are shared by all controllers: nobody may change them. Copy first ({@link Objects#copy}).
 */
public final class Cached<T extends HasMetadata> {
  private static final String OWNER = "controller-uid";
  private static final int CROWD = 64;

  private final Class<T> kind;
  private final SharedIndexInformer<T> informer;
  private final ConcurrentMap<Key, T> written = new ConcurrentHashMap<>();
  private final ConcurrentMap<Key, String> gone = new ConcurrentHashMap<>();
  private final Map<String, Function<T, List<String>>> indexes = new ConcurrentHashMap<>();
  private volatile int crowd = CROWD; // own writes at which those that were seen are forgotten; a race costs a look only

  Cached(Class<T> kind, SharedIndexInformer<T> informer) {
    this.kind = kind;
    this.informer = informer;
    index(OWNER, object -> Objects.controllerOf(object).map(OwnerReference::getUid).map(List::of).orElse(List.of()));
  }

  /** The kind's class. */
  public Class<T> kind() {
    return kind;
  }

  /** The object of a name. */
  public Optional<T> get(String namespace, String name) {
    return get(new Key(namespace, name));
  }

  /** The object of a key. */
  public Optional<T> get(Key key) {
    T own = pending(key);
    if (own != null) {
      return Optional.of(own);
    }
    String hidden = gone.get(key); // before the informer is asked, see overlaid
    return Optional.ofNullable(known(key)).filter(object -> !isGone(hidden, object));
  }

  private T known(Key key) {
    return informer.getStore().getByKey(Cache.namespaceKeyFunc(key.namespace().isEmpty() ? null : key.namespace(), key.name()));
  }

  /** All objects, in no order. */
  public List<T> list() {
    return overlaid(informer.getStore()::list, object -> true);
  }

  /** The objects of a namespace, in no order. */
  public List<T> inNamespace(String namespace) {
    return overlaid(() -> informer.getIndexer().byIndex(Cache.NAMESPACE_INDEX, namespace),
        object -> namespace.equals(object.getMetadata().getNamespace()));
  }

  /** The objects whose controller reference names a uid. */
  public List<T> controlledBy(String uid) {
    return byIndex(OWNER, uid);
  }

  /** The objects that an index of {@link #index} files under a value. */
  public List<T> byIndex(String index, String value) {
    Function<T, List<String>> values = indexes.get(index);
    return overlaid(() -> informer.getIndexer().byIndex(index, value), object -> values.apply(object).contains(value));
  }

  /** Adds an index; a second one of the same name is the same index. Only before the caches start. */
  public synchronized void index(String name, Function<T, List<String>> values) {
    if (indexes.putIfAbsent(name, values) == null) {
      informer.getIndexer().addIndexers(Map.of(name, values));
    }
  }

  /** Tells of every object that comes, changes or goes. Handlers must be quick. */
  public void onChange(Consumer<T> handler) {
    watch(handler, (before, after) -> handler.accept(after), handler);
  }

  /** What ends a watch of a cache. */
  public interface Subscription {
    /** No more is told but what is being told. */
    void end();
  }

  /** Tells additions, changes (before, after) and deletions (last known state). Handlers must be quick. */
  public Subscription watch(Consumer<? super T> added, BiConsumer<? super T, ? super T> changed, Consumer<? super T> deleted) {
    ResourceEventHandler<T> handler = new ResourceEventHandler<>() {
      @Override
      public void onAdd(T object) {
        added.accept(object);
      }

      @Override
      public void onUpdate(T before, T after) {
        changed.accept(before, after);
      }

      @Override
      public void onDelete(T object, boolean finalStateUnknown) {
        deleted.accept(object);
      }
    };
    informer.addEventHandler(handler);
    return () -> informer.removeEventHandler(handler);
  }

  /** Shows what was just written. */
  void wrote(T object) {
    if (object.getMetadata() == null || object.getMetadata().getResourceVersion() == null) {
      return;
    }
    written.merge(Key.of(object), object, (old, fresh) -> Objects.revision(old) > Objects.revision(fresh) ? old : fresh);
    thinOut();
  }

  /** Hides an object whose deletion the server has confirmed. */
  void deleted(Key key, String uid) {
    gone.put(key, uid);
    thinOut();
  }

  /** Forgets what was seen, not at every write but whenever it has become twice as much: a look at all for each would be too dear. */
  private void thinOut() {
    if (written.size() + gone.size() > crowd) {
      forgetSeen();
      crowd = Math.max(CROWD, 2 * (written.size() + gone.size()));
    }
  }

  /** Whether an object of the informer is known to be deleted; one that is seen lingering after all is not. */
  private boolean isGone(String uid, T object) {
    return uid != null && uid.equals(object.getMetadata().getUid()) && !Objects.lingers(object);
  }

  /** Whether all objects have been listed once. */
  public boolean synced() {
    return informer.hasSynced();
  }

  SharedIndexInformer<T> informer() {
    return informer;
  }

  /**
   * What the informer has, under own writes. These are looked at first: one that the informer passes meanwhile is found in what it has
   * then, while the other way round it would be found in neither.
   */
  private List<T> overlaid(Supplier<List<T>> informers, Predicate<T> belongs) {
    forgetSeen();
    Map<Key, T> own = new HashMap<>(written); // others go on writing and forgetting
    Map<Key, String> hidden = new HashMap<>(gone);
    List<T> known = informers.get();
    if (own.isEmpty() && hidden.isEmpty()) {
      return known;
    }
    List<T> all = new ArrayList<>(known.size() + own.size());
    for (T object : known) {
      Key key = Key.of(object);
      T newer = own.computeIfPresent(key, (k, mine) -> Objects.revision(mine) > Objects.revision(object) ? mine : null);
      if (newer == null && !isGone(hidden.get(key), object)) {
        all.add(object);
      }
    }
    own.values().stream().filter(belongs).forEach(all::add);
    return all;
  }

  /** The own write of a key that the watch has not brought yet, or null. */
  private T pending(Key key) {
    T own = written.get(key);
    if (own == null) {
      return null;
    }
    if (Objects.revision(own) <= seen()) {
      written.remove(key, own);
      return null;
    }
    return own;
  }

  private void forgetSeen() {
    if (!written.isEmpty()) {
      long seen = seen();
      written.values().removeIf(own -> Objects.revision(own) <= seen);
    }
    gone.entrySet().removeIf(entry -> {
      T object = known(entry.getKey());
      return object == null || !entry.getValue().equals(object.getMetadata().getUid());
    });
  }

  long seen() {
    return Objects.parseRevision(informer.lastSyncResourceVersion());
  }
}
