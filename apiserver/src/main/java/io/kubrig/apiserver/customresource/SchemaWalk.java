package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.function.Consumer;

/** Visits every node of the schemas of a definition. */
final class SchemaWalk {
  private static final List<String> ONE = List.of("items", "not", "additionalProperties", "additionalItems");
  private static final List<String> MANY = List.of("allOf", "anyOf", "oneOf");
  private static final List<String> NAMED = List.of("properties", "patternProperties", "definitions");

  private SchemaWalk() {}

  static void all(Tree crd, Consumer<Tree> visitor) {
    crd.tree("spec").trees("versions").forEach(version -> {
      if (version.tree("schema").get("openAPIV3Schema") instanceof Tree schema) {
        each(schema, visitor);
      }
    });
  }

  static void each(Tree schema, Consumer<Tree> visitor) {
    visitor.accept(schema);
    for (String name : ONE) {
      if (schema.get(name) instanceof Tree child) {
        each(child, visitor);
      }
    }
    MANY.forEach(name -> schema.trees(name).forEach(child -> each(child, visitor)));
    for (String name : NAMED) {
      schema.tree(name).forEach((member, child) -> {
        if (child instanceof Tree tree) {
          each(tree, visitor);
        }
      });
    }
  }
}
