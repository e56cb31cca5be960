package io.kubrig.apiserver.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Everything that is served right now: built-in resources, which never change, and custom ones, which come and go. Readers see one
 * consistent state.
 */
public final class ResourceCatalog {
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile Map<Key, Resource> resources = Map.of();

  private record Key(String group, String plural) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int byGroup = group.compareTo(other.group);
      return byGroup != 0 ? byGroup : plural.compareTo(other.plural);
    }
  }

  public ResourceCatalog(Collection<Resource> builtIn) {
    Map<Key, Resource> all = new TreeMap<>();
    builtIn.forEach(resource -> all.put(new Key(resource.group(), resource.plural()), resource));
    resources = all;
  }

  public Optional<Resource> resource(String group, String plural) {
    return Optional.ofNullable(resources.get(new Key(group, plural)));
  }

  /** The resource if it is served in this version. */
  public Optional<Resource> served(String group, String version, String plural) {
    return resource(group, plural).filter(resource -> resource.serves(version));
  }

  public Optional<Resource> byKind(String group, String kind) {
    return resources.values().stream().filter(resource -> resource.group().equals(group) && resource.kind().equals(kind)).findFirst();
  }

  /** Every resource under which the same objects are served (events are in two groups), the given one included. */
  public List<Resource> equivalents(Resource resource) {
    return resources.values().stream().filter(other -> other.keyPrefix().equals(resource.keyPrefix())).toList();
  }

  /** Whether anything is served under a group and version. */
  public boolean serves(String group, String version) {
    return resources.values().stream().anyMatch(resource -> resource.group().equals(group) && resource.serves(version));
  }

  public boolean servesGroup(String group) {
    return resources.values().stream().anyMatch(resource -> resource.group().equals(group) && !resource.versions().isEmpty());
  }

  /** All resources by group, then plural. */
  public List<Resource> all() {
    return new ArrayList<>(resources.values());
  }

  /** Adds or replaces a custom resource. */
  public synchronized void put(Resource resource) {
    Map<Key, Resource> changed = new TreeMap<>(resources);
    changed.put(new Key(resource.group(), resource.plural()), resource);
    resources = changed;
    listeners.forEach(Runnable::run);
  }

  /** Takes a custom resource away. */
  public synchronized void remove(String group, String plural) {
    Map<Key, Resource> changed = new TreeMap<>(resources);
    if (changed.remove(new Key(group, plural)) != null) {
      resources = changed;
      listeners.forEach(Runnable::run);
    }
  }

  /** Calls a listener after every change. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
