package io.kubrig.apiserver.authz;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stored objects in a map. */
public final class FakeObjects implements ObjectReader {
  private final Map<String, Tree> objects = new LinkedHashMap<>();
  private final Map<String, List<Follower>> followers = new LinkedHashMap<>();

  private static String key(String group, String resource, String namespace, String name) {
    return group + "/" + resource + "/" + namespace + "/" + name;
  }

  private static String key(String group, String resource, Tree object) {
    return key(group, resource, object.tree("metadata").string("namespace"), object.tree("metadata").string("name"));
  }

  public FakeObjects put(String group, String resource, Tree object) {
    objects.put(key(group, resource, object), object);
    followers.getOrDefault(group + "/" + resource, List.of()).forEach(follower -> follower.put(object));
    return this;
  }

  public void remove(String group, String resource, String namespace, String name) {
    Tree old = objects.remove(key(group, resource, namespace, name));
    followers.getOrDefault(group + "/" + resource, List.of()).forEach(follower -> follower.removed(old));
  }

  @Override
  public Optional<Tree> get(String group, String resource, String namespace, String name) {
    return Optional.ofNullable(objects.get(key(group, resource, namespace, name)));
  }

  @Override
  public List<Tree> list(String group, String resource, String namespace) {
    List<Tree> found = new ArrayList<>();
    objects.forEach(
        (key, object) -> {
          if (key.startsWith(group + "/" + resource + "/" + namespace)) {
            found.add(object);
          }
        });
    return found;
  }

  @Override
  public void follow(String group, String resource, Follower follower) {
    list(group, resource, "").forEach(follower::put);
    followers.computeIfAbsent(group + "/" + resource, key -> new ArrayList<>()).add(follower);
  }

  /** With the default roles and bindings. */
  public FakeObjects withDefaultPolicy() {
    BootstrapPolicy.Defaults defaults = BootstrapPolicy.load();
    defaults.clusterRoles().forEach(role -> put(Rbac.GROUP, "clusterroles", role));
    defaults.clusterRoleBindings().forEach(binding -> put(Rbac.GROUP, "clusterrolebindings", binding));
    defaults.roles().forEach(role -> put(Rbac.GROUP, "roles", role));
    defaults.roleBindings().forEach(binding -> put(Rbac.GROUP, "rolebindings", binding));
    return this;
  }

  /** Parses JSON. */
  public static Tree tree(String json) {
    return io.kubrig.machinery.json.Json.readTree(json.replace('\'', '"'));
  }
}
