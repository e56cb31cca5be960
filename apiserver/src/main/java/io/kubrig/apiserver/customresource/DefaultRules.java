package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Defaults fit the schema that states them and hold nothing that it would prune. (Source: apiserver/schema/defaulting/validation.go.) */
final class DefaultRules {
  private DefaultRules() {}

  static void check(Tree schema, FieldPath path, FieldErrors errors) {
    Object value = schema.get("default");
    if (value != null) {
      Schema structure = StructuralSchemas.of(schema);
      if (!isPruned(value, structure)) {
        errors.invalid(path.child("default"), value, "must not have unknown fields");
      }
      ValueValidator.of(schema).validate(value, path.child("default"), errors);
      EmbeddedRules.check(value, structure, path.child("default"), errors);
      ListRules.check(value, structure, path.child("default"), errors);
    }
    schema.tree("properties").forEach((name, child) -> check((Tree) child, path.child("properties").key(name), errors));
    for (String name : List.of("items", "additionalProperties")) {
      if (schema.get(name) instanceof Tree child) {
        check(child, path.child(name), errors);
      }
    }
  }

  private static boolean isPruned(Object value, Schema schema) {
    return switch (value) {
      case Tree tree -> isPruned(tree, schema);
      case List<?> list -> schema.items() == null || list.stream().allMatch(element -> isPruned(element, schema.items()));
      case null, default -> true;
    };
  }

  private static boolean isPruned(Tree tree, Schema schema) {
    boolean open = schema.preserveUnknownFields() || schema.type() == Schema.Type.ANY;
    for (String name : tree.names()) {
      Schema.Field field = schema.fields().get(name);
      Schema child = field != null ? field.schema() : schema.type() == Schema.Type.MAP ? schema.items() : null;
      boolean implied = schema.embeddedResource() && List.of("apiVersion", "kind", "metadata").contains(name);
      if (child == null ? !open && !implied : !isPruned(tree.get(name), child)) {
        return false;
      }
    }
    return true;
  }
}
