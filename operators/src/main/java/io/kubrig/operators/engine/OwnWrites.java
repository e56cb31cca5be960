package io.kubrig.operators.engine;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * What this process wrote of one kind and the watch has not brought yet, by key and by the values under which an index files it.
 *
 * <p>A key is filed under the values of its object as it was before the write, too: who looks there must learn that it has left. What is
 * done costs as much as there is of one key; readers take no lock.
 */
final class OwnWrites<T extends HasMetadata> {
  private final ConcurrentMap<Key, Own<T>> keys = new ConcurrentHashMap<>();
  private final ConcurrentMap<Place, Map<Key, Own<T>>> places = new ConcurrentHashMap<>();

  /** A value of an index. */
  record Place(String index, String value) {}

  /**
   * What was written of a key.
   *
   * @param object as the server answered; null when nothing but a deletion is known
   * @param gone the uid of the object that was deleted, or null
   * @param places where it is filed
   */
  record Own<T extends HasMetadata>(T object, String gone, Set<Place> places) {
    /** Whether an object is the one that was deleted; one that is seen lingering after all is not. */
    boolean hides(T seen) {
      return gone != null && gone.equals(seen.getMetadata().getUid()) && !Objects.lingers(seen);
    }

    /** The object, unless the watch has passed it or it has been deleted. */
    Optional<T> pending(long seen) {
      return object == null || Objects.revision(object) <= seen || hides(object) ? Optional.empty() : Optional.of(object);
    }
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  int size() {
    return keys.size();
  }

  /** What was written of a key, or null. */
  Own<T> of(Key key) {
    return keys.get(key);
  }

  /** What was written, by key, at this moment. */
  Map<Key, Own<T>> all() {
    return keys.isEmpty() ? Map.of() : new HashMap<>(keys);
  }

  /** What was written of the keys that are or were filed under a place, at this moment. */
  Map<Key, Own<T>> at(Place place) {
    Map<Key, Own<T>> found = places.get(place);
    return found == null ? Map.of() : new HashMap<>(found);
  }

  /** Remembers a write, unless a later one is known. @param filed where the object is filed now, and where it was before */
  synchronized void wrote(Key key, T object, Collection<Place> filed) {
    Own<T> before = keys.get(key);
    if (before != null && before.object != null && Objects.revision(before.object) > Objects.revision(object)) {
      return;
    }
    put(key, new Own<>(object, before == null ? null : before.gone, together(before, filed)));
  }

  /** Remembers a deletion. @param filed where the object is filed */
  synchronized void deleted(Key key, String uid, Collection<Place> filed) {
    Own<T> before = keys.get(key);
    put(key, new Own<>(before == null ? null : before.object, uid, together(before, filed)));
  }

  /**
   * Forgets of a key what the watch has brought.
   *
   * @param seen the revision that the watch has reached
   * @param known what it shows of the key, or null
   */
  synchronized void forgetSeen(Key key, long seen, T known) {
    Own<T> own = keys.get(key);
    if (own == null) {
      return;
    }
    T object = own.object == null || Objects.revision(own.object) <= seen ? null : own.object;
    String gone = own.gone != null && (is(own.gone, known) || is(own.gone, object)) ? own.gone : null;
    if (object == null && gone == null) {
      remove(key, own);
    } else if (object != own.object || gone == null && own.gone != null) {
      put(key, new Own<>(object, gone, own.places));
    }
  }

  private boolean is(String uid, T object) {
    return object != null && uid.equals(object.getMetadata().getUid());
  }

  private Set<Place> together(Own<T> before, Collection<Place> filed) {
    Set<Place> all = new HashSet<>(filed);
    if (before != null) {
      all.addAll(before.places);
    }
    return all;
  }

  private void put(Key key, Own<T> own) {
    keys.put(key, own);
    own.places.forEach(place -> places.computeIfAbsent(place, p -> new ConcurrentHashMap<>()).put(key, own));
  }

  private void remove(Key key, Own<T> own) {
    keys.remove(key);
    own.places.forEach(place -> places.computeIfPresent(place, (p, there) -> {
      there.remove(key);
      return there.isEmpty() ? null : there;
    }));
  }

  /** The keys, at this moment. */
  List<Key> keys() {
    return List.copyOf(keys.keySet());
  }
}
