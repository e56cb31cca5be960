package io.kubrig.apiserver.authn;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The most recently used entries, at most so many. */
public final class BoundedCache<V> {
  private final Map<String, V> entries;

  public BoundedCache(int capacity) {
    entries =
        new LinkedHashMap<>(64, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > capacity;
          }
        };
  }

  public synchronized Optional<V> get(String key) {
    return Optional.ofNullable(entries.get(key));
  }

  public synchronized void put(String key, V value) {
    entries.put(key, value);
  }
}
