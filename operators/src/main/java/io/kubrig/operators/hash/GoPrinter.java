package io.kubrig.operators.hash;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Prints a JSON tree as Go's {@code dump.ForHash} prints the struct it decodes to: types in parentheses, every field by its Go name,
 * maps by key, nil as {@code <nil>}. An empty list or map is nil, as it is after a trip through protobuf.
 */
final class GoPrinter {
  private static final String NIL = "<nil>";
  private static final String ZERO_TIME = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}";

  private final GoTypes types;
  private final StringBuilder out = new StringBuilder();

  private GoPrinter(GoTypes types) {
    this.types = types;
  }

  /** The text of a value of a type. @param value maps, lists, strings, numbers, booleans; null when absent */
  static String print(GoTypes types, String type, Object value) {
    GoPrinter printer = new GoPrinter(types);
    printer.typed(type, value);
    return printer.out.toString();
  }

  private void typed(String type, Object value) {
    if (type.startsWith("*")) {
      pointer(type, value);
      return;
    }
    out.append('(').append(type).append(')');
    value(type, value);
  }

  private void pointer(String type, Object value) {
    out.append('(').append(type).append(')');
    if (value == null) {
      out.append(NIL);
    } else {
      value(type.substring(1), value);
    }
  }

  /** A value whose type has been said already. */
  private void value(String named, Object value) {
    String type = types.underlying(named);
    Optional<List<GoTypes.Field>> fields = types.fields(type);
    if (fields.isPresent()) {
      struct(fields.get(), value);
    } else if (type.startsWith("[]")) {
      slice(type.substring(2), value);
    } else if (type.startsWith("map[")) {
      map(type, value);
    } else {
      scalar(type, value);
    }
  }

  private void struct(List<GoTypes.Field> fields, Object value) {
    Map<?, ?> object = value instanceof Map<?, ?> map ? map : Map.of();
    out.append('{');
    String separator = "";
    for (GoTypes.Field field : fields) {
      out.append(separator).append(field.name()).append(':');
      typed(field.type(), field.isInlined() ? object : object.get(field.json()));
      separator = " ";
    }
    out.append('}');
  }

  private void slice(String element, Object value) {
    List<?> list = value instanceof List<?> items ? items : List.of();
    if (list.isEmpty()) {
      out.append(NIL);
      return;
    }
    out.append('[');
    String separator = "";
    for (Object item : list) {
      out.append(separator);
      value(element, item);
      separator = " ";
    }
    out.append(']');
  }

  private void map(String type, Object value) {
    Map<?, ?> entries = value instanceof Map<?, ?> map ? map : Map.of();
    if (entries.isEmpty()) {
      out.append(NIL);
      return;
    }
    String element = type.substring(type.indexOf(']') + 1);
    Map<String, Object> sorted = new TreeMap<>();
    entries.forEach((key, item) -> sorted.put(key.toString(), item));
    out.append("map[");
    String separator = "";
    for (Map.Entry<String, Object> entry : sorted.entrySet()) {
      out.append(separator).append(entry.getKey()).append(':');
      value(element, entry.getValue());
      separator = " ";
    }
    out.append(']');
  }

  private void scalar(String type, Object value) {
    switch (type) {
      case "bool" -> out.append(Boolean.TRUE.equals(value));
      case "int", "int32", "int64" -> out.append(value instanceof Number number ? number.longValue() : 0);
      case "v1.Time" -> out.append(ZERO_TIME);
      case "intstr.IntOrString" -> intOrString(value);
      case "resource.Quantity" -> out.append(GoQuantity.parse(value == null ? null : value.toString()).printed());
      default -> out.append(value == null ? "" : value);
    }
  }

  private void intOrString(Object value) {
    boolean text = value instanceof String;
    out.append("{Type:(intstr.Type)").append(text ? 1 : 0)
        .append(" IntVal:(int32)").append(value instanceof Number number ? number.intValue() : 0)
        .append(" StrVal:(string)").append(text ? value : "").append('}');
  }
}
