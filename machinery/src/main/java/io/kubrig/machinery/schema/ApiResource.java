package io.kubrig.machinery.schema;

import java.util.List;
import java.util.Optional;

/**
 * A resource that a server offers in one version, as discovery publishes it.
 *
 * @param kind the kind of its objects in this version
 * @param plural its name in paths
 * @param scope whether its objects live in namespaces
 * @param verbs sorted
 * @param storage group and version the objects are kept in, as {@code group/version}; "" for what is never stored
 * @param storageVersionHash as published; "" for what is never stored
 */
public record ApiResource(
    GroupVersionKind kind,
    String plural,
    String singular,
    Scope scope,
    List<String> verbs,
    List<String> shortNames,
    List<String> categories,
    String storage,
    String storageVersionHash,
    List<ApiSubresource> subresources) {

  /** Where the objects of a resource live. */
  public enum Scope {
    NAMESPACED,
    CLUSTER
  }

  public ApiResource {
    verbs = List.copyOf(verbs);
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    subresources = List.copyOf(subresources);
  }

  public String group() {
    return kind.group();
  }

  public String version() {
    return kind.version();
  }

  public boolean namespaced() {
    return scope == Scope.NAMESPACED;
  }

  /** The kind of a list of these objects. */
  public GroupVersionKind listKind() {
    return new GroupVersionKind(kind.group(), kind.version(), kind.kind() + "List");
  }

  public Optional<ApiSubresource> subresource(String name) {
    return subresources.stream().filter(subresource -> subresource.name().equals(name)).findFirst();
  }
}
