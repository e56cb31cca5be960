package io.kubrig.machinery.schema;

import io.kubrig.machinery.json.GoFloat;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** How Go's messages name types and values. */
final class GoTypes {
  private GoTypes() {}

  /** {@code v1.PodSpec}, {@code []v1.Container}, {@code map[string]string}, {@code int32}. */
  static String name(Schema schema) {
    if (!schema.goType().isEmpty()) {
      return schema.goType();
    }
    if (!schema.name().isEmpty()) {
      String name = schema.name();
      int last = name.lastIndexOf('.');
      return name.substring(name.lastIndexOf('.', last - 1) + 1);
    }
    return switch (schema.type()) {
      case STRING -> "string";
      case INTEGER -> schema.format().equals("int32") ? "int32" : "int64";
      case NUMBER -> "float64";
      case BOOLEAN -> "bool";
      case ARRAY -> "[]" + name(schema.items());
      case MAP -> "map[string]" + name(schema.items());
      case BYTES -> "[]uint8";
      case QUANTITY -> "resource.Quantity";
      case TIME -> "v1.Time";
      case MICRO_TIME -> "v1.MicroTime";
      case DURATION -> "v1.Duration";
      case INT_OR_STRING -> "intstr.IntOrString";
      case OBJECT -> "struct {}";
      case ANY -> "interface {}";
    };
  }

  /** The last part of a definition name: {@code PodSpec}. */
  static String struct(Schema schema) {
    return schema.name().substring(schema.name().lastIndexOf('.') + 1);
  }

  static String kindOf(Object value) {
    return switch (value) {
      case String text -> "string";
      case Boolean flag -> "bool";
      case Tree tree -> "object";
      case List<?> list -> "array";
      case null, default -> "number";
    };
  }

  static String number(Object value) {
    return value instanceof Double real ? GoFloat.format(real) : String.valueOf(value);
  }

  /** The message of Go's converter from free-form objects. */
  static String conversionError(Object value, Schema schema) {
    String from =
        switch (value) {
          case String text -> "string";
          case Boolean flag -> "bool";
          case Tree tree -> "map";
          case List<?> list -> "slice";
          case Double number -> "float64";
          case null, default -> "int64";
        };
    String to = name(schema);
    return switch (schema.type()) {
      case OBJECT -> "cannot restore struct from: " + from;
      case MAP -> "cannot restore map from " + from;
      case ARRAY, BYTES -> "cannot restore slice from " + from;
      default -> {
        boolean convertible = from.equals("int64") && to.equals("string") || from.equals("float64") && to.startsWith("int");
        yield convertible ? "cannot convert " + from + " to " + to : "unrecognized type: " + to;
      }
    };
  }
}
