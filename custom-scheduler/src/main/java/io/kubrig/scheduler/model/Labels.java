package io.kubrig.scheduler.model;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The labels of an object: an immutable flat array {@code k0,v0,k1,v1,…} sorted by key. Small, shared, compared by content. */
public final class Labels {
  /** No labels. */
  public static final Labels NONE = new Labels(new String[0]);

  private final String[] pairs;

  private Labels(String[] pairs) {
    this.pairs = pairs;
  }

  /** Labels from a map; null means none. */
  public static Labels of(Map<String, String> map) {
    if (map == null || map.isEmpty()) {
      return NONE;
    }
    String[] pairs = new String[map.size() * 2];
    int i = 0;
    for (Map.Entry<String, String> e : new TreeMap<>(map).entrySet()) {
      pairs[i++] = e.getKey();
      pairs[i++] = e.getValue() == null ? "" : e.getValue();
    }
    return new Labels(pairs);
  }

  /** The value of a key, or null when the key is absent. The hot-path form of {@link #find}. */
  public String value(String key) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i].equals(key)) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  /** The value of a key. */
  public Optional<String> find(String key) {
    return Optional.ofNullable(value(key));
  }

  /** Whether the key is present. */
  public boolean has(String key) {
    return value(key) != null;
  }

  /** The labels as a map in key order. */
  public Map<String, String> asMap() {
    Map<String, String> map = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      map.put(pairs[i], pairs[i + 1]);
    }
    return map;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Labels l && Arrays.equals(pairs, l.pairs);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(pairs);
  }

  @Override
  public String toString() {
    return asMap().toString();
  }
}
