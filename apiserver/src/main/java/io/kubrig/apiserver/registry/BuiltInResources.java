package io.kubrig.apiserver.registry;

import io.kubrig.machinery.schema.ApiGroup;
import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.ApiVersion;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.SchemaCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;

/** Makes the built-in resources out of the table of what 1.36 serves, the schemas, and what is particular to the kinds. */
public final class BuiltInResources {
  /** Where native keeps objects under another name than their plural (source: kube-apiserver's storage factory). */
  private static final Map<String, String> PREFIXES =
      Map.of(
          "replicationcontrollers", "controllers",
          "endpoints", "services/endpoints",
          "services", "services/specs",
          "nodes", "minions",
          "ingresses.networking.k8s.io", "ingress",
          "customresourcedefinitions.apiextensions.k8s.io", "apiextensions.k8s.io/customresourcedefinitions",
          "apiservices.apiregistration.k8s.io", "apiregistration.k8s.io/apiservices");

  private BuiltInResources() {}

  /**
   * @param groups those that are served, with their versions in order of preference
   * @param kinds what is particular to a kind, by group and kind
   */
  public static List<Resource> of(List<ApiGroup> groups, SchemaCatalog schemas, BiFunction<String, String, Kind> kinds) {
    List<Resource> resources = new ArrayList<>();
    for (ApiGroup group : groups) {
      Map<String, List<ApiResource>> byPlural = new TreeMap<>();
      for (ApiVersion version : group.versions()) {
        version.resources().forEach(resource -> byPlural.computeIfAbsent(resource.plural(), plural -> new ArrayList<>()).add(resource));
      }
      byPlural.values().forEach(versions -> resources.add(resource(versions, schemas, kinds)));
    }
    return resources;
  }

  private static Resource resource(List<ApiResource> versions, SchemaCatalog schemas, BiFunction<String, String, Kind> kinds) {
    ApiResource first = versions.getFirst();
    Map<String, Schema> byVersion = new LinkedHashMap<>();
    Set<String> verbs = new LinkedHashSet<>();
    Set<String> subresources = new LinkedHashSet<>();
    for (ApiResource version : versions) {
      schemas.kind(version.kind()).ifPresent(schema -> byVersion.put(version.version(), schema));
      verbs.addAll(version.verbs());
      version.subresources().stream().map(ApiSubresource::name).forEach(subresources::add);
    }
    String storage = first.storage().isEmpty() ? first.group() + "/" + first.version() : first.storage();
    String apiVersion = storage.startsWith("core/") ? storage.substring(5) : storage.startsWith("/") ? storage.substring(1) : storage;
    String storageGroup = GroupVersionKind.of(apiVersion, "").group();
    schemas
        .kind(GroupVersionKind.of(apiVersion, first.kind().kind()))
        .filter(schema -> storageGroup.equals(first.group()))
        .ifPresent(schema -> byVersion.putIfAbsent(apiVersion.substring(apiVersion.lastIndexOf('/') + 1), schema));
    return new Resource(
        first.group(),
        first.plural(),
        first.singular(),
        first.kind().kind(),
        first.listKind().kind(),
        first.namespaced(),
        first.shortNames(),
        first.categories(),
        versions.stream().map(ApiResource::version).toList(),
        apiVersion,
        byVersion,
        keyPrefix(storageGroup, first.plural()),
        verbs,
        subresources,
        false,
        kinds.apply(first.group(), first.kind().kind()));
  }

  /** Where the objects of a resource are: begins and ends with a slash. */
  public static String keyPrefix(String group, String plural) {
    String qualified = group.isEmpty() ? plural : plural + "." + group;
    return "/registry/" + PREFIXES.getOrDefault(qualified, plural) + "/";
  }
}
