package io.kubrig.apiserver.registry;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What is served under one plural name in one group: the noun of the registry. Built-in kinds and custom resources are the same class.
 * Immutable; a changed CustomResourceDefinition gives a new one.
 *
 * @param group "" for the core group
 * @param plural lower case, as in paths
 * @param singular "" where native publishes none
 * @param versions served ones, preferred first
 * @param storageApiVersion group and version that objects are kept in; need not be served, nor of this group (events)
 * @param schemas by version, served or storage
 * @param keyPrefix begins and ends with a slash: {@code /registry/pods/}
 * @param verbs what the main resource can do
 * @param subresources by name (status, scale, eviction, …)
 */
public record Resource(
    String group,
    String plural,
    String singular,
    String kind,
    String listKind,
    boolean namespaced,
    List<String> shortNames,
    List<String> categories,
    List<String> versions,
    String storageApiVersion,
    Map<String, Schema> schemas,
    String keyPrefix,
    Set<String> verbs,
    Set<String> subresources,
    boolean custom,
    Kind behaviour) {

  public Resource {
    shortNames = List.copyOf(shortNames);
    categories = List.copyOf(categories);
    versions = List.copyOf(versions);
    schemas = Map.copyOf(schemas);
    verbs = Set.copyOf(verbs);
    subresources = Set.copyOf(subresources);
    Objects.requireNonNull(behaviour);
  }

  public GroupVersionKind gvk(String version) {
    return new GroupVersionKind(group, version, kind);
  }

  public GroupVersionKind storageGvk() {
    return GroupVersionKind.of(storageApiVersion, kind);
  }

  /** Whether objects are kept as they are served in this version. */
  public boolean isStoredAs(String version) {
    return apiVersion(version).equals(storageApiVersion);
  }

  public String apiVersion(String version) {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public Optional<Schema> schema(String version) {
    return Optional.ofNullable(schemas.get(version));
  }

  public boolean serves(String version) {
    return versions.contains(version);
  }

  public boolean can(String verb) {
    return verbs.contains(verb);
  }

  public boolean hasSubresource(String name) {
    return subresources.contains(name);
  }

  /** {@code pods} or {@code deployments.apps}. */
  public String qualifiedName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  /** The key of an object; namespace is "" for cluster-scoped resources. */
  public String key(String namespace, String name) {
    return namespaced ? keyPrefix + namespace + "/" + name : keyPrefix + name;
  }

  /** The prefix of the keys of a namespace, or of all objects when namespace is "". */
  public String prefix(String namespace) {
    return namespaced && !namespace.isEmpty() ? keyPrefix + namespace + "/" : keyPrefix;
  }
}
