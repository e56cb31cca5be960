package io.kubrig.machinery.schema;

import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What storing and reading an object does to it natively: protobuf knows no empty lists and maps, so those that are always written come
 * back as null.
 *
 * <p>Looks only where the schema has such members.
 */
public final class StoredForm {
  private static final Map<Schema, Boolean> CONCERNED = new ConcurrentHashMap<>();

  private StoredForm() {}

  /** Brings an object in its normal form (see {@link Decoder}) into the form that it is read in. */
  public static void settle(Tree object, Schema schema) {
    if (!concerns(schema)) {
      return;
    }
    for (Schema.Field field : schema.fields().values()) {
      Object value = object.get(field.name());
      if (value == null) {
        continue;
      }
      if (alwaysWritten(field) && isEmpty(value)) {
        object.set(field.name(), null);
      } else {
        settleValue(value, field.schema());
      }
    }
  }

  private static void settleValue(Object value, Schema schema) {
    switch (schema.type()) {
      case OBJECT -> {
        if (value instanceof Tree tree) {
          settle(tree, schema);
        }
      }
      case ARRAY -> {
        if (value instanceof List<?> list && concerns(schema.items())) {
          list.forEach(element -> settleValue(element, schema.items()));
        }
      }
      case MAP -> {
        if (value instanceof Tree tree && concerns(schema.items())) {
          tree.forEach((name, element) -> settleValue(element, schema.items()));
        }
      }
      default -> { }
    }
  }

  private static boolean alwaysWritten(Schema.Field field) {
    boolean collection = field.schema().type() == Schema.Type.ARRAY || field.schema().type() == Schema.Type.MAP;
    return collection && !field.omitEmpty() && !field.omitZero();
  }

  private static boolean isEmpty(Object value) {
    return value instanceof List<?> list && list.isEmpty() || value instanceof Tree tree && tree.isEmpty();
  }

  private static boolean concerns(Schema schema) {
    Boolean known = CONCERNED.get(schema);
    if (known == null) {
      known = reaches(schema, new HashSet<>());
      CONCERNED.put(schema, known);
    }
    return known;
  }

  private static boolean reaches(Schema schema, Set<Schema> seen) {
    if (schema == null || !seen.add(schema)) {
      return false;
    }
    return schema.fields().values().stream().anyMatch(field -> alwaysWritten(field) || reaches(field.schema(), seen))
        || reaches(schema.items(), seen);
  }
}
