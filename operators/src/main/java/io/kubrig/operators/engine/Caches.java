package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubrig.machinery.informers.Informers;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The shared caches of a process: one informer per kind, whoever asks for it. All kinds must be asked for before {@link #begin}. */
public final class Caches implements AutoCloseable {
  private final Informers informers;
  private final Map<Class<? extends HasMetadata>, Cached<?>> kinds = new LinkedHashMap<>();
  private CompletableFuture<Void> listed; // null before they begin; guarded by this

  /** Caches that informers fill. */
  public Caches(Informers informers) {
    this.informers = informers;
  }

  /** The cache of a kind, made when first asked for. */
  @SuppressWarnings("unchecked")
  public synchronized <T extends HasMetadata> Cached<T> of(Class<T> kind) {
    return (Cached<T>) kinds.computeIfAbsent(kind, k -> new Cached<>(kind, (SharedIndexInformer<T>) informers.of(kind)));
  }

  /** The cache of a kind that someone asked for, by what its objects say they are. */
  public synchronized Optional<Cached<?>> of(String apiVersion, String kind) {
    return kinds.entrySet().stream()
        .filter(entry -> kind.equals(HasMetadata.getKind(entry.getKey())) && apiVersion.equals(HasMetadata.getApiVersion(entry.getKey())))
        .<Cached<?>>map(Map.Entry::getValue).findFirst();
  }

  /**
   * Lists and watches every kind from now on and returns at once; a kind that cannot be listed is tried for ever. Who begins to watch a
   * cache later is told all that is there as if it came then. A second call does nothing.
   */
  public synchronized void begin() {
    if (listed == null) {
      listed = CompletableFuture.allOf(kinds.values().stream().map(Caches::list).toArray(CompletableFuture[]::new));
    }
  }

  /** Begins, unless that was done before, and waits until every kind has been listed once. */
  public void start() {
    CompletableFuture<Void> all;
    synchronized (this) {
      begin();
      all = listed;
    }
    all.join();
  }

  private static CompletableFuture<Void> list(Cached<?> cached) {
    return cached.informer().start().toCompletableFuture();
  }

  /** The caches of all kinds. */
  public synchronized List<Cached<?>> all() {
    return List.copyOf(kinds.values());
  }

  /** Whether every kind has been listed. */
  public synchronized boolean synced() {
    return kinds.values().stream().allMatch(Cached::synced);
  }

  /** The kinds that have not been listed yet. */
  public synchronized List<String> unsynced() {
    return kinds.values().stream().filter(cached -> !cached.informer().hasSynced()).map(cached -> HasMetadata.getKind(cached.kind()))
        .sorted().toList();
  }

  synchronized boolean has(Class<? extends HasMetadata> kind) {
    return kinds.containsKey(kind);
  }

  /** The revision that a kind's cache has reached. */
  synchronized long seen(Class<? extends HasMetadata> kind) {
    return kinds.get(kind).seen();
  }

  @Override
  public synchronized void close() {
    kinds.values().forEach(cached -> cached.informer().stop());
  }

  /** Shows a write at once to all readers of its kind. */
  @SuppressWarnings("unchecked")
  <T extends HasMetadata> void wrote(T object) {
    Cached<T> cached = (Cached<T>) cached(object);
    if (cached != null) {
      cached.wrote(object);
    }
  }

  private synchronized Cached<?> cached(HasMetadata object) {
    return kinds.get(object.getClass());
  }

  /** Hides a deleted object at once from all readers of its kind. */
  void deleted(HasMetadata object) {
    Cached<?> cached = cached(object);
    if (cached != null) {
      cached.deleted(Key.of(object), object.getMetadata().getUid());
    }
  }
}
