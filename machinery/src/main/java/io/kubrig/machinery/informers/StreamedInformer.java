package io.kubrig.machinery.informers;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.informers.ExceptionHandler;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Indexer;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.informers.cache.Store;
import io.fabric8.kubernetes.client.informers.impl.cache.CacheImpl;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * All objects of a kind as a {@link Reflector} tells of them. Handlers are told by the thread that reads the watch, so they must be quick;
 * an object that is seen anew unchanged is told to nobody.
 *
 * <p>When a handler hears of a change, the store shows it and {@link #lastSyncResourceVersion} has reached it.
 */
final class StreamedInformer<T extends HasMetadata> implements SharedIndexInformer<T>, Reflector.Keeper<T> {
  private final Class<T> kind;
  private final CacheImpl<T> store = new CacheImpl<>();
  private final Handlers<T> handlers = new Handlers<>();
  private final Object changing = new Object(); // held while the store changes and while a handler comes, never while handlers are told
  private final Reflector<T> reflector;
  private final CompletableFuture<Void> started = new CompletableFuture<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile boolean running; // from the start to the end
  private volatile String revision; // null before the first state

  StreamedInformer(Class<T> kind, HttpClient http, String collection, Events<T> events, Manner manner) {
    this.kind = kind;
    this.reflector = new Reflector<>(http, collection, events, this, manner);
  }

  // ---- what the reflector tells --------------------------------------------------------------------------------------

  @Override
  public void replace(List<T> all, String reached) {
    synchronized (changing) {
      Set<String> left = new HashSet<>(store.listKeys());
      for (T object : all) {
        left.remove(store.getKey(object));
        show(object);
      }
      left.forEach(key -> remove(store.getByKey(key), true));
      revision = reached;
    }
    handlers.tell();
    started.complete(null);
  }

  @Override
  public void shown(T object, String reached) {
    synchronized (changing) {
      show(object);
      revision = reached;
    }
    handlers.tell();
  }

  @Override
  public void gone(T object, String reached) {
    synchronized (changing) {
      remove(object, false);
      revision = reached;
    }
    handlers.tell();
  }

  @Override
  public void reached(String later) {
    revision = later;
  }

  @Override
  public void ended() {
    running = false;
    started.complete(null); // whoever waits for what will not come any more sees that it was stopped
    stopped.complete(null);
  }

  private void show(T object) {
    T before = store.put(object);
    if (before == null) {
      handlers.put(handler -> handler.onAdd(object));
    } else if (!Objects.equals(before.getMetadata().getResourceVersion(), object.getMetadata().getResourceVersion())) {
      handlers.put(handler -> handler.onUpdate(before, object));
    }
  }

  /** @param missed whether this is not the last state of what has gone */
  private void remove(T object, boolean missed) {
    if (store.remove(object) != null) {
      handlers.put(handler -> handler.onDelete(object, missed));
    }
  }

  // ---- what is asked for ---------------------------------------------------------------------------------------------

  @Override
  public SharedIndexInformer<T> addEventHandler(ResourceEventHandler<? super T> handler) {
    Handlers.Told<T> told;
    synchronized (changing) {
      told = handlers.add(handler, store.list());
    }
    told.tell();
    return this;
  }

  @Override
  public SharedIndexInformer<T> removeEventHandler(ResourceEventHandler<? super T> handler) {
    handlers.remove(handler);
    return this;
  }

  @Override
  public SharedIndexInformer<T> addIndexers(Map<String, Function<T, List<String>>> indexers) {
    store.addIndexers(indexers);
    return this;
  }

  @Override
  public SharedIndexInformer<T> removeIndexer(String name) {
    store.removeIndexer(name);
    return this;
  }

  @Override
  public Indexer<T> getIndexer() {
    return store;
  }

  @Override
  public Store<T> getStore() {
    return store;
  }

  @Override
  public CompletionStage<Void> start() {
    running = true;
    reflector.start();
    return started;
  }

  @Override
  public SharedIndexInformer<T> run() {
    start().toCompletableFuture().join();
    return this;
  }

  @Override
  public void stop() {
    reflector.close();
  }

  @Override
  public CompletionStage<Void> stopped() {
    return stopped;
  }

  @Override
  public boolean hasSynced() {
    return revision != null;
  }

  @Override
  public String lastSyncResourceVersion() {
    return revision;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public boolean isWatching() {
    return running && hasSynced();
  }

  @Override
  public Class<T> getApiTypeClass() {
    return kind;
  }

  /** Failures are tried again for ever, as the reflector says, whoever handles them. */
  @Override
  public SharedIndexInformer<T> exceptionHandler(ExceptionHandler handler) {
    return this;
  }

  @Override
  public SharedIndexInformer<T> addEventHandlerWithResyncPeriod(ResourceEventHandler<? super T> handler, long resyncPeriodMillis) {
    if (resyncPeriodMillis > 0) {
      throw new UnsupportedOperationException("these informers tell of changes only");
    }
    return addEventHandler(handler);
  }

  @Override
  public SharedIndexInformer<T> initialState(Stream<T> items) {
    throw new UnsupportedOperationException("the first state is the server's");
  }

  @Override
  public SharedIndexInformer<T> itemStore(ItemStore<T> items) {
    throw new UnsupportedOperationException("objects are kept as they are read");
  }
}
