package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/**
 * A CustomResourceDefinition as serving sees it. Compared by value: while it stays equal, what is served stays.
 *
 * @param names those that were accepted
 * @param established whether its objects are published
 * @param accepted whether its objects are served at all
 * @param terminating whether no object may be created any more
 * @param conversion {@code spec.conversion}
 */
record Definition(
    String name,
    String uid,
    String group,
    boolean namespaced,
    Names names,
    List<Version> versions,
    boolean established,
    boolean accepted,
    boolean terminating,
    Tree conversion) {

  record Names(String plural, String singular, String kind, String listKind, List<String> shortNames, List<String> categories) {
    static Names of(Tree tree) {
      return new Names(
          tree.string("plural"),
          tree.string("singular"),
          tree.string("kind"),
          tree.string("listKind"),
          tree.strings("shortNames"),
          tree.strings("categories"));
    }
  }

  /**
   * @param schema its openAPIV3Schema; empty for none
   * @param status whether it has the status subresource
   * @param scale the paths of its scale; null for none
   * @param selectable paths as stated, with a leading dot
   */
  record Version(
      String name,
      boolean served,
      boolean storage,
      Tree schema,
      boolean status,
      Tree scale,
      List<Tree> columns,
      List<String> selectable,
      boolean deprecated,
      String deprecationWarning) {

    static Version of(Tree tree) {
      Tree subresources = tree.tree("subresources");
      return new Version(
          tree.string("name"),
          tree.bool("served"),
          tree.bool("storage"),
          tree.at("schema", "openAPIV3Schema"),
          subresources.get("status") != null,
          subresources.get("scale") instanceof Tree scale ? scale : null,
          tree.trees("additionalPrinterColumns"),
          tree.trees("selectableFields").stream().map(field -> field.string("jsonPath")).toList(),
          tree.bool("deprecated"),
          tree.string("deprecationWarning"));
    }
  }

  static Definition of(Tree crd) {
    Tree spec = crd.tree("spec");
    Tree metadata = crd.tree("metadata");
    boolean established = isTrue(crd, "Established");
    return new Definition(
        metadata.string("name"),
        metadata.string("uid"),
        spec.string("group"),
        spec.string("scope").equals("Namespaced"),
        Names.of(crd.at("status", "acceptedNames")),
        spec.trees("versions").stream().map(Version::of).toList(),
        established,
        established || isTrue(crd, "NamesAccepted"),
        metadata.get("deletionTimestamp") != null || isTrue(crd, "Terminating"),
        spec.tree("conversion"));
  }

  Optional<Version> version(String wanted) {
    return versions.stream().filter(version -> version.name().equals(wanted)).findFirst();
  }

  List<Version> served() {
    return versions.stream().filter(Version::served).toList();
  }

  Version storage() {
    return versions.stream().filter(Version::storage).findFirst().orElseThrow();
  }

  static Optional<Tree> condition(Tree crd, String type) {
    return crd.tree("status").trees("conditions").stream().filter(condition -> condition.string("type").equals(type)).findFirst();
  }

  static boolean isTrue(Tree crd, String type) {
    return condition(crd, type).map(condition -> condition.string("status").equals("True")).orElse(false);
  }
}
