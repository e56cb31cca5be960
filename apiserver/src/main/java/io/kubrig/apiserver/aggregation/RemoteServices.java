package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The APIServices that others serve, followed in storage. Safe for concurrent use; reads see one state. */
final class RemoteServices implements ObjectReader.Follower {
  private final Consumer<String> changed;
  private volatile Map<String, RemoteService> byName = Map.of();

  /** @param changed is told the name of every APIService that has changed, local ones too */
  RemoteServices(Consumer<String> changed) {
    this.changed = changed;
  }

  @Override
  public void put(Tree object) {
    String name = object.tree("metadata").string("name");
    boolean remote = object.tree("spec").get("service") instanceof Tree;
    replace(name, remote ? RemoteService.of(object) : null);
    changed.accept(name);
  }

  @Override
  public void removed(Tree object) {
    String name = object.tree("metadata").string("name");
    replace(name, null);
    changed.accept(name);
  }

  private synchronized void replace(String name, RemoteService service) {
    if (service == null && !byName.containsKey(name)) {
      return;
    }
    Map<String, RemoteService> next = new TreeMap<>(byName);
    if (service == null) {
      next.remove(name);
    } else {
      next.put(name, service);
    }
    byName = next;
  }

  boolean isEmpty() {
    return byName.isEmpty();
  }

  Optional<RemoteService> named(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  Optional<RemoteService> serving(String group, String version) {
    return named(version + "." + group);
  }

  List<RemoteService> all() {
    return List.copyOf(byName.values());
  }
}
