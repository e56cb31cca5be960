package io.kubrig.apiserver.registry;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What is worked out once for each resource, and forgotten with it. A resource is told by its identity: a changed definition gives a new
 * one, and the hash of a resource is that of all its members. Nobody waits: of two who make the same at once, one is thrown away.
 *
 * @param <V> must not hold on to the resource
 */
final class PerResource<V> {
  private final Map<Key, V> values = new ConcurrentHashMap<>();
  private final ReferenceQueue<Resource> gone = new ReferenceQueue<>();

  V of(Resource resource, Supplier<V> make) {
    V known = values.get(new Key(resource, null));
    if (known != null) {
      return known;
    }
    for (Reference<? extends Resource> key = gone.poll(); key != null; key = gone.poll()) {
      values.remove(key);
    }
    V made = make.get();
    V other = values.putIfAbsent(new Key(resource, gone), made);
    return other == null ? made : other;
  }

  private static final class Key extends WeakReference<Resource> {
    private final int hash;

    Key(Resource resource, ReferenceQueue<Resource> gone) {
      super(resource, gone);
      hash = System.identityHashCode(resource);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return this == other || other instanceof Key key && get() != null && get() == key.get();
    }
  }
}
