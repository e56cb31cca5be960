package io.kubrig.scheduler.state;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The objects of one kind by {@code namespace/name} (or name). A newer local version may be assumed until the API shows one that is as new.
 * Used by the scheduling thread only.
 */
public final class Index<T extends HasMetadata> {
  private final Map<String, T> observed = new LinkedHashMap<>();
  private final Map<String, T> assumed = new LinkedHashMap<>();
  private final List<Follower<? super T>> followers = new ArrayList<>();
  private long revision;

  /** Hears of every change of what {@link #allWithAssumed} tells; null: there is or was none. */
  @FunctionalInterface
  public interface Follower<T> {
    void changed(T before, T after);
  }

  /** The key of an object. */
  public static String key(HasMetadata o) {
    return key(o.getMetadata().getNamespace(), o.getMetadata().getName());
  }

  /** The key of a name in a namespace (null or empty: cluster-scoped). */
  public static String key(String namespace, String name) {
    return namespace == null || namespace.isEmpty() ? name : namespace + "/" + name;
  }

  /** The object as assumed or else as observed. */
  public Optional<T> find(String namespace, String name) {
    String key = key(namespace, name);
    T local = assumed.get(key);
    return Optional.ofNullable(local != null ? local : observed.get(key));
  }

  /** A cluster-scoped object. */
  public Optional<T> find(String name) {
    return find(null, name);
  }

  /** The object as the API showed it. */
  public Optional<T> observed(String namespace, String name) {
    return Optional.ofNullable(observed.get(key(namespace, name)));
  }

  /** Grows with each change that the API shows. */
  public long revision() {
    return revision;
  }

  /** All objects as observed. */
  public Collection<T> all() {
    return Collections.unmodifiableCollection(observed.values());
  }

  /** All objects, assumed ones in place of observed ones. */
  public Collection<T> allWithAssumed() {
    if (assumed.isEmpty()) {
      return all();
    }
    Map<String, T> merged = new LinkedHashMap<>(observed);
    assumed.forEach((k, v) -> merged.computeIfPresent(k, (key, old) -> v));
    return merged.values();
  }

  /** Has a follower hear of what there is, and from now on of every change. */
  public void follow(Follower<? super T> follower) {
    allWithAssumed().forEach(o -> follower.changed(null, o));
    followers.add(follower);
  }

  private T counting(String key) {
    T there = observed.get(key);
    return there == null ? null : assumed.getOrDefault(key, there);
  }

  private void change(String key, Runnable change) {
    if (followers.isEmpty()) {
      change.run();
      return;
    }
    T before = counting(key);
    change.run();
    T after = counting(key);
    if (before != after) {
      followers.forEach(f -> f.changed(before, after));
    }
  }

  /** Lets a local version count until a newer one is observed or it is restored. */
  public void assume(T object) {
    String key = key(object);
    change(key, () -> assumed.put(key, object));
  }

  /**
   * Lets a version that was written count until the API shows it; nothing happens when it shows a newer one already.
   *
   * @return whether the API shows the object at all; if not, nothing is assumed
   */
  public boolean assumeWritten(T object) {
    T there = observed.get(key(object));
    if (there == null) {
      return false;
    }
    if (!isNewer(there, object)) {
      assume(object);
    }
    return true;
  }

  /** Drops the assumed version. */
  public void restore(String namespace, String name) {
    String key = key(namespace, name);
    change(key, () -> assumed.remove(key));
  }

  /** Notes what the API shows; returns what was observed before. */
  public Optional<T> observe(T object) {
    String key = key(object);
    revision++;
    T before = observed.get(key);
    change(key, () -> {
      T local = assumed.get(key);
      if (local != null && isNewer(object, local)) {
        assumed.remove(key);
      }
      observed.put(key, object);
    });
    return Optional.ofNullable(before);
  }

  /** Notes that the object is gone. */
  public Optional<T> remove(T object) {
    revision++;
    String key = key(object);
    T before = observed.get(key);
    change(key, () -> {
      assumed.remove(key);
      observed.remove(key);
    });
    return Optional.ofNullable(before);
  }

  /** Resource versions of one kind are comparable numbers since 1.35 (KEP-5504). */
  private static boolean isNewer(HasMetadata a, HasMetadata b) {
    return version(a) > version(b) || !uid(a).equals(uid(b));
  }

  private static String uid(HasMetadata o) {
    return String.valueOf(o.getMetadata().getUid());
  }

  private static long version(HasMetadata o) {
    try {
      return Long.parseLong(o.getMetadata().getResourceVersion());
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
