package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final int CROWD = 1024;

  private final Class<T> kind;
  private final SharedIndexInformer<T> informer;
  private final OwnWrites<T> own = new OwnWrites<>();
  private final Map<String, Function<T, List<String>>> indexes = new ConcurrentHashMap<>();
  private volatile int crowd = CROWD; // own writes at which all are looked at; a race costs a look only

  Cached(Class<T> kind, SharedIndexInformer<T> informer) {
    this.kind = kind;
    this.informer = informer;
    index(OWNER, object -> Objects.controllerOf(object).map(OwnerReference::getUid).map(List::of).orElse(List.of()));
    indexes.put(Cache.NAMESPACE_INDEX, object -> List.of(String.valueOf(object.getMetadata().getNamespace())));
    watch(this::brought, (before, after) -> brought(after), this::brought);
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
    OwnWrites.Own<T> mine = own.of(key); // before the informer is asked, see overlaid
    if (mine == null) {
      return Optional.ofNullable(known(key));
    }
    return mine.pending(seen()).or(() -> Optional.ofNullable(known(key)).filter(object -> !mine.hides(object)));
  }

  private T known(Key key) {
    return informer.getStore().getByKey(Cache.namespaceKeyFunc(key.namespace().isEmpty() ? null : key.namespace(), key.name()));
  }

  /** All objects, in no order. */
  public List<T> list() {
    return overlaid(own::all, informer.getStore()::list, object -> true);
  }

  /** The objects of a namespace, in no order. */
  public List<T> inNamespace(String namespace) {
    return byIndex(Cache.NAMESPACE_INDEX, namespace);
  }

  /** The objects whose controller reference names a uid. */
  public List<T> controlledBy(String uid) {
    return byIndex(OWNER, uid);
  }

  /** The objects that an index of {@link #index} files under a value. */
  public List<T> byIndex(String index, String value) {
    Function<T, List<String>> values = indexes.get(index);
    return overlaid(() -> own.at(new OwnWrites.Place(index, value)), () -> informer.getIndexer().byIndex(index, value),
        object -> values.apply(object).contains(value));
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

  /**
   * Tells additions, changes (before, after) and deletions (last known state); what is there already is told as added. Handlers must be
   * quick.
   */
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
    if (Objects.revision(object) <= seen()) {
      return;
    }
    Key key = Key.of(object);
    List<OwnWrites.Place> places = new ArrayList<>(places(object));
    T before = known(key);
    if (before != null) {
      places.addAll(places(before));
    }
    own.wrote(key, object, places);
    own.forgetSeen(key, seen(), known(key)); // it may have come meanwhile
    thinOut();
  }

  /** Hides an object whose deletion the server has confirmed. */
  void deleted(Key key, String uid) {
    T before = known(key);
    own.deleted(key, uid, before == null ? List.of() : places(before));
    own.forgetSeen(key, seen(), known(key)); // the watch may have told of it before the answer did
    thinOut();
  }

  private List<OwnWrites.Place> places(T object) {
    List<OwnWrites.Place> places = new ArrayList<>();
    indexes.forEach((index, values) -> values.apply(object).forEach(value -> places.add(new OwnWrites.Place(index, value))));
    return places;
  }

  /** Forgets what was written of an object of which the watch has told. */
  private void brought(T object) {
    if (!own.isEmpty()) {
      Key key = Key.of(object);
      if (own.of(key) != null) {
        own.forgetSeen(key, Math.max(seen(), Objects.revision(object)), known(key));
      }
    }
  }

  /** Looks for what no event told of, as a watch that begins anew leaves it behind: not often, for a look at all is dear. */
  private void thinOut() {
    if (own.size() > crowd) {
      own.keys().forEach(key -> own.forgetSeen(key, seen(), known(key)));
      crowd = Math.max(CROWD, 2 * own.size());
    }
  }

  /** Whether all objects have been listed once. */
  public boolean synced() {
    return informer.hasSynced();
  }

  /**
   * Whether the informer shows at least what a list shows.
   *
   * @param items all objects of the kind
   * @param revision at which they were listed
   */
  public boolean shows(Collection<ObjectMeta> items, long revision) {
    long seen = seen(); // before the objects: what it has passed is there, or gone
    Set<Key> listed = HashSet.newHashSet(items.size());
    for (ObjectMeta item : items) {
      Key key = new Key(item.getNamespace() == null ? "" : item.getNamespace(), item.getName());
      T mine = known(key);
      if (Objects.parseRevision(item.getResourceVersion()) > (mine == null ? seen : Objects.revision(mine))) {
        return false;
      }
      listed.add(key);
    }
    return informer.getStore().list().stream()
        .allMatch(mine -> listed.contains(Key.of(mine)) || Objects.revision(mine) > revision); // others should be gone
  }

  SharedIndexInformer<T> informer() {
    return informer;
  }

  /**
   * What the informer has, under own writes. These are looked at first: one that the informer passes meanwhile is found in what it has
   * then, while the other way round it would be found in neither.
   */
  private List<T> overlaid(Supplier<Map<Key, OwnWrites.Own<T>>> written, Supplier<List<T>> informers, Predicate<T> belongs) {
    long seen = seen();
    Map<Key, OwnWrites.Own<T>> mine = written.get();
    List<T> known = informers.get();
    if (mine.isEmpty()) {
      return known;
    }
    Map<Key, T> fresh = new HashMap<>();
    mine.forEach((key, of) -> of.pending(seen).ifPresent(object -> fresh.put(key, object)));
    List<T> all = new ArrayList<>(known.size() + fresh.size());
    for (T object : known) {
      Key key = Key.of(object);
      OwnWrites.Own<T> of = mine.get(key);
      T newer = of == null ? null
          : fresh.computeIfPresent(key, (k, pending) -> Objects.revision(pending) > Objects.revision(object) ? pending : null);
      if (newer == null && (of == null || !of.hides(object))) {
        all.add(object);
      }
    }
    fresh.values().stream().filter(belongs).forEach(all::add);
    return all;
  }

  long seen() {
    return Objects.parseRevision(informer.lastSyncResourceVersion());
  }
}
