package io.kubrig.apiserver.discovery;

import io.kubrig.machinery.schema.ApiResource;
import io.kubrig.machinery.schema.ApiSubresource;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** The documents of discovery. */
public final class DiscoveryDocuments {
  private DiscoveryDocuments() {}

  /**
   * {@code /api}: the versions of the core group.
   *
   * @param serverAddress host and port that clients outside are told
   */
  public static Tree versions(ServedGroup core, String serverAddress) {
    List<Object> versions = new ArrayList<>();
    core.versions().forEach(version -> versions.add(version.version()));
    List<Object> addresses = List.of(Tree.of("clientCIDR", "0.0.0.0/0", "serverAddress", serverAddress));
    return Tree.of("kind", "APIVersions", "versions", versions, "serverAddressByClientCIDRs", addresses);
  }

  /** {@code /apis}: the named groups. */
  public static Tree groups(List<ServedGroup> groups) {
    List<Object> list = new ArrayList<>();
    groups.forEach(group -> list.add(groupMembers(new Tree(), group)));
    return Tree.of("kind", "APIGroupList", "apiVersion", "v1", "groups", list);
  }

  /** {@code /apis/GROUP}. */
  public static Tree group(ServedGroup group) {
    return groupMembers(Tree.of("kind", "APIGroup", "apiVersion", "v1"), group);
  }

  private static Tree groupMembers(Tree tree, ServedGroup group) {
    List<Object> versions = new ArrayList<>();
    group.versions().forEach(version -> versions.add(groupVersion(version)));
    return tree.set("name", group.name()).set("versions", versions).set("preferredVersion", groupVersion(group.versions().getFirst()));
  }

  private static Tree groupVersion(ServedVersion version) {
    return Tree.of("groupVersion", version.api().groupVersion(), "version", version.version());
  }

  /** {@code /apis/GROUP/VERSION} or {@code /api/VERSION}: the resources of a version. */
  public static Tree resources(ServedVersion version) {
    Tree document = Tree.of("kind", "APIResourceList");
    if (!version.group().isEmpty()) {
      document.set("apiVersion", "v1"); // the core group's document lacks it, in native as well
    }
    List<Object> list = new ArrayList<>();
    for (ApiResource resource : version.api().resources()) {
      list.add(resource(resource));
      resource.subresources().forEach(subresource -> list.add(subresource(resource, subresource)));
    }
    return document.set("groupVersion", version.api().groupVersion()).set("resources", list);
  }

  private static Tree resource(ApiResource resource) {
    Tree tree =
        Tree.of(
            "name",
            resource.plural(),
            "singularName",
            resource.singular(),
            "namespaced",
            resource.namespaced(),
            "kind",
            resource.kind().kind(),
            "verbs",
            new ArrayList<Object>(resource.verbs()));
    names(tree, "shortNames", resource.shortNames());
    names(tree, "categories", resource.categories());
    if (!resource.storageVersionHash().isEmpty()) {
      tree.set("storageVersionHash", resource.storageVersionHash());
    }
    return tree;
  }

  private static Tree subresource(ApiResource resource, ApiSubresource subresource) {
    Tree tree =
        Tree.of("name", resource.plural() + "/" + subresource.name(), "singularName", "", "namespaced", resource.namespaced());
    if (subresource.foreign()) {
      tree.set("group", subresource.kind().group()).set("version", subresource.kind().version());
    }
    return tree.set("kind", subresource.kind().kind()).set("verbs", new ArrayList<Object>(subresource.verbs()));
  }

  /** The aggregated document of all given groups ({@code apidiscovery.k8s.io/v2 APIGroupDiscoveryList}). */
  public static Tree aggregated(List<ServedGroup> groups) {
    List<Object> items = new ArrayList<>();
    for (ServedGroup group : groups) {
      List<Object> versions = new ArrayList<>();
      group.versions().forEach(version -> versions.add(aggregatedVersion(version)));
      Tree metadata = group.name().isEmpty() ? new Tree() : Tree.of("name", group.name());
      items.add(Tree.of("metadata", metadata, "versions", versions));
    }
    return Tree.of("kind", "APIGroupDiscoveryList", "apiVersion", "apidiscovery.k8s.io/v2", "metadata", new Tree(), "items", items);
  }

  private static Tree aggregatedVersion(ServedVersion version) {
    List<Object> resources = new ArrayList<>();
    version.api().resources().forEach(resource -> resources.add(aggregatedResource(resource, version.origin())));
    Tree tree = Tree.of("version", version.version());
    if (!resources.isEmpty()) {
      tree.set("resources", resources);
    }
    return tree.set("freshness", version.stale() ? "Stale" : "Current");
  }

  private static Tree aggregatedResource(ApiResource resource, ServedVersion.Origin origin) {
    boolean inPlace = origin == ServedVersion.Origin.BUILT_IN;
    Tree tree =
        Tree.of(
            "resource",
            resource.plural(),
            "responseKind",
            responseKind(resource.kind(), inPlace),
            "scope",
            resource.namespaced() ? "Namespaced" : "Cluster",
            "singularResource",
            resource.singular(),
            "verbs",
            new ArrayList<Object>(resource.verbs()));
    names(tree, "shortNames", resource.shortNames());
    names(tree, "categories", resource.categories());
    List<Object> subresources = new ArrayList<>();
    for (ApiSubresource subresource : resource.subresources()) {
      subresources.add(
          Tree.of(
              "subresource",
              subresource.name(),
              "responseKind",
              responseKind(subresource.kind(), inPlace && !subresource.foreign()),
              "verbs",
              new ArrayList<Object>(subresource.verbs())));
    }
    if (!subresources.isEmpty()) {
      tree.set("subresources", subresources);
    }
    return tree;
  }

  /** Native leaves group and version empty where a built-in resource's kind is of its own version. */
  private static Tree responseKind(GroupVersionKind kind, boolean inPlace) {
    return Tree.of("group", inPlace ? "" : kind.group(), "version", inPlace ? "" : kind.version(), "kind", kind.kind());
  }

  private static void names(Tree tree, String member, List<String> names) {
    if (!names.isEmpty()) {
      tree.set(member, new ArrayList<Object>(names));
    }
  }
}
