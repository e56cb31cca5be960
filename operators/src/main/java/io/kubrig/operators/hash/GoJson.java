package io.kubrig.operators.hash;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** JSON as Go's encoder writes it: structs by value always, maps by key, HTML characters escaped. */
final class GoJson {
  private GoJson() {}

  /** The tree that Go's encoder would make of a value: what is left out when empty is left out, what is not is there. */
  static Object normalized(GoTypes types, String named, Object value) {
    String type = types.underlying(named);
    if (type.startsWith("*")) {
      return value == null ? null : normalized(types, type.substring(1), value);
    }
    Optional<List<GoTypes.Field>> fields = types.fields(type);
    if (fields.isPresent()) {
      Map<String, Object> object = new TreeMap<>();
      struct(types, fields.get(), value instanceof Map<?, ?> map ? map : Map.of(), object);
      return object;
    }
    if (type.startsWith("[]") && value instanceof List<?> list) {
      return list.isEmpty() ? null : list.stream().map(item -> normalized(types, type.substring(2), item)).toList();
    }
    if (type.startsWith("map[") && value instanceof Map<?, ?> map) {
      return map.isEmpty() ? null : map;
    }
    return value == null ? zero(type) : value;
  }

  private static void struct(GoTypes types, List<GoTypes.Field> fields, Map<?, ?> value, Map<String, Object> out) {
    for (GoTypes.Field field : fields) {
      if (field.isInlined()) {
        struct(types, types.fields(field.type()).orElseThrow(), value, out);
        continue;
      }
      Object member = normalized(types, field.type(), value.get(field.json()));
      if (!field.omittedWhenEmpty() || !isEmpty(field.type(), member)) {
        out.put(field.json(), member);
      }
    }
  }

  private static boolean isEmpty(String type, Object value) {
    return value == null || !type.startsWith("*")
        && (value.equals("") || value.equals(false) || value instanceof Number n && n.doubleValue() == 0);
  }

  private static Object zero(String type) {
    return switch (type) {
      case "bool" -> false;
      case "int", "int32", "int64", "intstr.IntOrString" -> 0;
      case "resource.Quantity" -> "0";
      default -> type.startsWith("[]") || type.startsWith("map[") || type.equals("v1.Time") ? null : "";
    };
  }

  /** The text of a tree. */
  static String text(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(Object value, StringBuilder out) {
    switch (value) {
      case null -> out.append("null");
      case Map<?, ?> map -> writeMap(map, out);
      case List<?> list -> writeList(list, out);
      case String text -> writeString(text, out);
      default -> out.append(value);
    }
  }

  private static void writeMap(Map<?, ?> map, StringBuilder out) {
    Map<String, Object> sorted = new TreeMap<>();
    map.forEach((key, item) -> sorted.put(key.toString(), item));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.append(separator);
      writeString(entry.getKey(), out);
      out.append(':');
      write(entry.getValue(), out);
      separator = ",";
    }
    out.append('}');
  }

  private static void writeList(List<?> list, StringBuilder out) {
    out.append('[');
    String separator = "";
    for (Object item : list) {
      out.append(separator);
      write(item, out);
      separator = ",";
    }
    out.append(']');
  }

  private static void writeString(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> out.append(String.format("\\u%04x", (int) c));
        default -> {
          if (c < ' ') {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
