package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * How structured merge sees a schema: everything is a map, a list or a scalar. Where a schema leaves the structure open it is deduced from
 * the value: maps are merged by member, lists are atomic.
 */
final class Shapes {
  private static final Schema DEDUCED = new Schema(Type.ANY);

  /** The form of a value. */
  enum Shape {
    MAP,
    LIST,
    SCALAR
  }

  private Shapes() {}

  /** The form that the schema gives a value; where it leaves that open, the value's own (a null takes a map's). */
  static Shape shape(Schema schema, Object value) {
    return switch (schema.type()) {
      case OBJECT, MAP -> Shape.MAP;
      case ARRAY -> Shape.LIST;
      case ANY ->
          switch (value) {
            case List<?> list -> Shape.LIST;
            case Tree tree -> Shape.MAP;
            case null -> Shape.MAP;
            default -> Shape.SCALAR;
          };
      default -> Shape.SCALAR;
    };
  }

  /** Whether a map or list is one value for its owners. */
  static boolean atomic(Schema schema, Shape shape) {
    return switch (shape) {
      case MAP -> schema.atomicMap();
      case LIST -> schema.type() != Type.ARRAY || schema.listType() == ListType.ATOMIC;
      case SCALAR -> true;
    };
  }

  /** Whether the schema names this member (as opposed to the entries of a map). */
  static boolean declares(Schema schema, String name) {
    return schema.fields().containsKey(name) || schema.embeddedResource() && isMeta(name);
  }

  /** The schema of a member, or null where the object must not have it. */
  static Schema member(Schema schema, String name) {
    Field field = schema.fields().get(name);
    if (field != null) {
      return field.schema();
    }
    return switch (schema.type()) {
      case MAP -> schema.items();
      case ANY -> DEDUCED;
      default -> schema.preserveUnknownFields() || schema.fields().isEmpty() || schema.embeddedResource() && isMeta(name) ? DEDUCED : null;
    };
  }

  /** {@link #member} for objects that are known to fit their schema. */
  static Schema memberOrDeduced(Schema schema, String name) {
    Schema member = member(schema, name);
    return member == null ? DEDUCED : member;
  }

  private static boolean isMeta(String name) {
    return name.equals("metadata") || name.equals("kind") || name.equals("apiVersion");
  }

  /**
   * How an element of a set or list of type map is addressed.
   *
   * @throws FieldManagerException if it has no address; the message lacks the path
   */
  static PathElement address(Schema list, Object element) {
    if (list.listType() == ListType.MAP) {
      return key(list, element);
    }
    return switch (element) {
      case null -> throw FieldManagerException.internal("associative list without keys has an element that's an explicit null");
      case Tree tree -> throw FieldManagerException.internal("associative list without keys has an element that's a map type");
      case List<?> inner -> throw FieldManagerException.internal("not supported: associative list with lists as elements");
      default -> new PathElement.Value(element);
    };
  }

  private static PathElement key(Schema list, Object element) {
    if (!(element instanceof Tree tree)) {
      throw FieldManagerException.internal(
          element == null ? "associative list with keys may not have a null element"
              : "associative list with keys may not have non-map elements");
    }
    List<PathElement.KeyField> fields = new ArrayList<>(list.listMapKeys().size());
    for (String name : list.listMapKeys()) {
      Object value = tree.has(name) ? tree.get(name) : defaultOf(list.items(), name);
      if (value != null || tree.has(name)) {
        fields.add(new PathElement.KeyField(name, value));
      }
    }
    if (fields.isEmpty() && !list.listMapKeys().isEmpty()) {
      String names = String.join(" ", list.listMapKeys().stream().map(name -> '"' + name + '"').toList());
      throw FieldManagerException.internal(
          "associative list with keys has an element that omits all key fields [" + names
              + "] (and doesn't have default values for any key fields)");
    }
    return new PathElement.Key(fields);
  }

  private static Object defaultOf(Schema element, String name) {
    Field field = element.fields().get(name);
    if (field == null) {
      return null;
    }
    if (field.defaultValue() != null) {
      return field.defaultValue();
    }
    boolean alwaysWritten = !field.pointer() && !field.omitEmpty();
    return alwaysWritten ? zero(field.schema()) : field.schema().defaultValue();
  }

  /** A field that the native type always writes has its zero value for a default. */
  private static Object zero(Schema schema) {
    return switch (schema.type()) {
      case STRING -> "";
      case INTEGER -> 0L;
      case BOOLEAN -> false;
      default -> null;
    };
  }
}
