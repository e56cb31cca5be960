package io.kubrig.operators.sweep;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.impl.cache.CacheImpl;
import io.kubrig.operators.engine.Key;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * An informer that learns of changes only when it is told to: one after the other, or all at once by listing anew, which hides what was
 * between.
 */
final class LaggingInformer<T extends HasMetadata> implements Lagging {
  private final MemoryServer server;
  private final Class<T> kind;
  private final CacheImpl<T> cache = new CacheImpl<>();
  private final List<ResourceEventHandler<T>> handlers = new ArrayList<>();
  private int position;
  private long seen;

  LaggingInformer(MemoryServer server, Class<T> kind) {
    this.server = server;
    this.kind = kind;
  }

  @Override
  public boolean lags() {
    return position < server.end(kind);
  }

  @Override
  public void step() {
    MemoryServer.Change change = server.changes(kind, position).getFirst();
    position++;
    seen = change.revision();
    T before = kind.cast(change.before());
    if (change.after() == null) {
      gone(before);
    } else {
      shown(kind.cast(change.after()));
    }
  }

  @Override
  public void relist() {
    Map<Key, T> truth = new HashMap<>();
    server.list(kind).forEach(object -> truth.put(Key.of(object), object));
    position = server.end(kind);
    seen = server.revision();
    List.copyOf(cache.list()).stream().filter(known -> !truth.containsKey(Key.of(known))).forEach(this::gone);
    truth.values().forEach(object -> {
      T known = cache.get(object);
      if (known == null || !known.getMetadata().getResourceVersion().equals(object.getMetadata().getResourceVersion())) {
        shown(object);
      }
    });
  }

  @Override
  public void catchUp() {
    relist();
  }

  @Override
  public long seen() {
    return seen;
  }

  private void shown(T object) {
    T before = cache.put(object);
    handlers.forEach(handler -> {
      if (before == null) {
        handler.onAdd(object);
      } else {
        handler.onUpdate(before, object);
      }
    });
  }

  private void gone(T object) {
    T known = cache.remove(object);
    if (known != null) {
      handlers.forEach(handler -> handler.onDelete(known, false));
    }
  }

  @SuppressWarnings("unchecked")
  SharedIndexInformer<T> dressed() {
    return (SharedIndexInformer<T>) Proxy.newProxyInstance(LaggingInformer.class.getClassLoader(),
        new Class<?>[] {SharedIndexInformer.class},
        (self, method, args) -> switch (method.getName()) {
          case "getStore", "getIndexer" -> cache;
          case "addIndexers" -> {
            cache.addIndexers((Map<String, Function<T, List<String>>>) args[0]);
            yield self;
          }
          case "addEventHandler" -> {
            ResourceEventHandler<T> handler = (ResourceEventHandler<T>) args[0];
            handlers.add(handler);
            cache.list().forEach(handler::onAdd); // one that comes late is told what there is
            yield self;
          }
          case "removeEventHandler" -> {
            handlers.remove(args[0]);
            yield self;
          }
          case "lastSyncResourceVersion" -> Long.toString(seen);
          case "start" -> {
            relist();
            yield CompletableFuture.completedStage(null);
          }
          case "hasSynced" -> true;
          case "stop" -> null;
          default -> throw new UnsupportedOperationException(method.toString());
        });
  }
}
