package io.kubrig.apiserver.openapi;

import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The definitions of a custom kind and of its list. (Source: apiextensions-apiserver/pkg/controller/openapi/builder.)
 *
 * @param schema as the definition of the custom resource states it
 * @param selectable paths of the fields by which lists can be selected, with a leading dot
 */
record CustomDefinition(GroupVersionKind kind, String listKind, Tree schema, List<String> selectable) {
  private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
  private static final String API_VERSION =
      "APIVersion defines the versioned schema of this representation of an object. Servers should convert recognized schemas to the latest"
          + " internal value, and may reject unrecognized values. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
  private static final String EMBEDDED_VERSION =
      "apiVersion defines the versioned schema of this representation of an object. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#resources";
  private static final String EMBEDDED_KIND =
      "kind is a string value representing the type of this object. In CamelCase. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";
  private static final String KIND =
      "Kind is a string value representing the REST resource this object represents. Servers may infer this from the endpoint the client"
          + " submits requests to. Cannot be updated. In CamelCase. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds";

  GroupVersionKind list() {
    return new GroupVersionKind(kind.group(), kind.version(), listKind);
  }

  /** {@code com.example.v1.Widget}. */
  static String name(GroupVersionKind kind) {
    List<String> labels = new ArrayList<>(Arrays.asList(kind.group().split("\\.")));
    Collections.reverse(labels);
    return String.join(".", labels) + "." + kind.version() + "." + kind.kind();
  }

  /** The definition of the kind or of its list. */
  Tree render(GroupVersionKind which) {
    return which.kind().equals(kind.kind()) ? object() : listObject();
  }

  private Tree object() {
    Tree tree = schema.isEmpty() || schema.bool("x-kubernetes-preserve-unknown-fields") ? Tree.of("type", "object") : schema.copy();
    if (!schema.isEmpty() && schema.has("x-kubernetes-preserve-unknown-fields")) {
      tree.set("x-kubernetes-preserve-unknown-fields", true);
    }
    if (!schema.isEmpty()) {
      Tree properties = tree.need("properties");
      properties.set("apiVersion", Tree.of("description", API_VERSION, "type", "string"));
      properties.set("kind", Tree.of("description", KIND, "type", "string"));
      properties.set("metadata", objectMeta());
    }
    published(tree);
    return selectableFields(tree.set("x-kubernetes-group-version-kind", groupVersionKind(kind)));
  }

  /** Spells out what two extensions mean, for clients that do not know them. */
  private static void published(Tree schema) {
    if (schema.bool("x-kubernetes-int-or-string") && !schema.has("anyOf")) {
      schema.set("anyOf", new ArrayList<>(List.<Object>of(Tree.of("type", "integer"), Tree.of("type", "string"))));
    }
    schema.tree("properties").forEach((_, property) -> published((Tree) property));
    for (String member : List.of("items", "additionalProperties")) {
      if (schema.get(member) instanceof Tree element) {
        published(element);
      }
    }
    if (schema.bool("x-kubernetes-embedded-resource")) {
      embed(schema);
    }
  }

  private static void embed(Tree schema) {
    Tree properties = schema.need("properties");
    properties.set("apiVersion", Tree.of("description", EMBEDDED_VERSION, "type", "string"));
    properties.set("kind", Tree.of("description", EMBEDDED_KIND, "type", "string"));
    properties.set("metadata", objectMeta());
    List<Object> required = schema.needList("required");
    for (String member : List.of("kind", "apiVersion")) {
      if (!required.contains(member)) {
        required.add(member);
      }
    }
  }

  private static Tree objectMeta() {
    return Tree.of(
        "allOf",
        new ArrayList<>(List.<Object>of(Tree.of("$ref", Definitions.REF + META + "ObjectMeta"))),
        "description",
        "Standard object's metadata. More info:"
            + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata");
  }

  private Tree selectableFields(Tree tree) {
    if (!selectable.isEmpty()) {
      List<Object> fields = new ArrayList<>();
      selectable.forEach(path -> fields.add(Tree.of("fieldPath", path.startsWith(".") ? path.substring(1) : path)));
      tree.set("x-kubernetes-selectable-fields", fields);
    }
    return tree;
  }

  private Tree listObject() {
    Tree items =
        Tree.of(
            "description",
            "List of " + plural() + ". More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md",
            "items",
            Tree.of("$ref", Definitions.REF + name(kind)),
            "type",
            "array");
    Tree properties =
        Tree.of(
            "apiVersion",
            Tree.of("description", API_VERSION, "type", "string"),
            "items",
            items,
            "kind",
            Tree.of("description", KIND, "type", "string"),
            "metadata",
            Tree.of(
                "allOf",
                new ArrayList<>(List.<Object>of(Tree.of("$ref", Definitions.REF + META + "ListMeta"))),
                "description",
                "Standard list metadata. More info:"
                    + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#types-kinds"));
    return selectableFields(Tree.of(
        "description",
        listKind + " is a list of " + kind.kind(),
        "properties",
        properties,
        "required",
        new ArrayList<>(List.<Object>of("items")),
        "type",
        "object",
        "x-kubernetes-group-version-kind",
        groupVersionKind(list())));
  }

  private String plural() {
    return kind.kind().toLowerCase(Locale.ROOT) + "s";
  }

  private static List<Object> groupVersionKind(GroupVersionKind kind) {
    return new ArrayList<>(List.<Object>of(Tree.of("group", kind.group(), "kind", kind.kind(), "version", kind.version())));
  }
}
