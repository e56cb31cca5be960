package io.kubrig.machinery.schema;

import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Fills in the defaults that the schemas of built-in kinds state themselves ({@code +default}), in every object that is present. */
public final class FieldDefaults {
  private FieldDefaults() {}

  /** Changes the tree in place; a present zero value counts as absent unless the field is a pointer. */
  public static void apply(Tree tree, Schema schema) {
    for (Field field : schema.fields().values()) {
      Object value = tree.get(field.name());
      if (field.defaultValue() != null && (value == null || !field.pointer() && value.equals(Decoder.zero(field.schema())))) {
        value = Tree.copyOf(field.defaultValue());
        if (!isLeftOut(field)) {
          tree.set(field.name(), value);
        }
      }
      if (value != null) {
        below(value, field.schema());
      }
    }
  }

  /** A default that is the zero value of a field that leaves it out changes nothing. */
  private static boolean isLeftOut(Field field) {
    return !field.pointer() && field.omitEmpty() && field.defaultValue().equals(Decoder.zero(field.schema()))
        && field.schema().type() != Schema.Type.OBJECT;
  }

  private static void below(Object value, Schema schema) {
    switch (schema.type()) {
      case OBJECT -> {
        if (value instanceof Tree tree) {
          apply(tree, schema);
        }
      }
      case ARRAY -> {
        if (value instanceof List<?> list) {
          list.forEach(element -> below(element, schema.items()));
        }
      }
      case MAP -> {
        if (value instanceof Tree tree) {
          tree.forEach((name, member) -> below(member, schema.items()));
        }
      }
      default -> {}
    }
  }
}
