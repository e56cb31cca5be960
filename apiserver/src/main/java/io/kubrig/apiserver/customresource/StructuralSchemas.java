package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Reads the structure out of an {@code openAPIV3Schema}; what it demands of values stays in {@link Schema#constraints}. */
final class StructuralSchemas {
  private StructuralSchemas() {}

  /** @param stated a structural schema; an empty one keeps nothing but type and metadata */
  static Schema of(Tree stated) {
    Schema schema = new Schema(type(stated));
    stated.tree("properties").forEach((name, value) -> schema.field(new Schema.Field(name, of((Tree) value))));
    if (schema.type() == Type.MAP) {
      schema.items(stated.get("additionalProperties") instanceof Tree values ? of(values)
          : new Schema(Type.ANY).preserveUnknownFields(true));
    } else if (schema.type() == Type.ARRAY) {
      schema.items(of(stated.tree("items")));
    }
    switch (stated.string("x-kubernetes-list-type")) {
      case "set" -> schema.listType(ListType.SET, List.of());
      case "map" -> schema.listType(ListType.MAP, stated.strings("x-kubernetes-list-map-keys"));
      default -> { }
    }
    return schema
        .format(stated.string("format"))
        .description(stated.string("description"))
        .atomicMap(stated.string("x-kubernetes-map-type").equals("atomic"))
        .preserveUnknownFields(stated.bool("x-kubernetes-preserve-unknown-fields"))
        .embeddedResource(stated.bool("x-kubernetes-embedded-resource"))
        .nullable(stated.bool("nullable"))
        .defaultValue(stated.get("default"))
        .constraints(stated);
  }

  private static Type type(Tree stated) {
    if (stated.bool("x-kubernetes-int-or-string")) {
      return Type.INT_OR_STRING;
    }
    return switch (stated.string("type")) {
      case "object" -> isMap(stated) ? Type.MAP : Type.OBJECT;
      case "array" -> Type.ARRAY;
      case "string" -> Type.STRING;
      case "integer" -> Type.INTEGER;
      case "number" -> Type.NUMBER;
      case "boolean" -> Type.BOOLEAN;
      default -> stated.isEmpty() ? Type.OBJECT : Type.ANY;
    };
  }

  private static boolean isMap(Tree stated) {
    Object additional = stated.get("additionalProperties");
    return additional instanceof Tree || Boolean.TRUE.equals(additional) && stated.tree("properties").isEmpty();
  }
}
