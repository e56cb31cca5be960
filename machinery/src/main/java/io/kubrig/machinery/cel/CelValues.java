package io.kubrig.machinery.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Values of expressions out of trees, and back. */
public final class CelValues {
  private CelValues() {}

  /** A value of no known type: its own. */
  public static Object dynamic(Object value) {
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case Tree tree -> {
        Map<String, Object> map = new LinkedHashMap<>();
        tree.forEach((name, member) -> map.put(name, dynamic(member)));
        yield map;
      }
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        list.forEach(element -> values.add(dynamic(element)));
        yield values;
      }
      case Integer number -> number.longValue();
      default -> value;
    };
  }

  /** A value as its schema types it. */
  public static Object typed(Object value, Schema schema) {
    if (schema == null) {
      return dynamic(value);
    }
    return switch (value) {
      case null -> NullValue.NULL_VALUE;
      case Tree tree -> members(tree, schema);
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        list.forEach(element -> values.add(typed(element, schema.items())));
        yield values;
      }
      case String text when schema.type() == Type.STRING -> string(text, schema.format());
      case Long number when schema.type() == Type.NUMBER -> number.doubleValue();
      case Double number when schema.type() == Type.INTEGER -> number.longValue();
      default -> dynamic(value);
    };
  }

  private static Object members(Tree tree, Schema schema) {
    Map<String, Object> map = new LinkedHashMap<>();
    boolean isMap = schema.type() == Type.MAP;
    tree.forEach(
        (name, member) -> {
          Schema.Field field = schema.fields().get(name);
          Schema child = isMap ? schema.items() : field == null ? null : field.schema();
          if (isMap) {
            map.put(name, typed(member, child));
          } else {
            CelTypes.escaped(name).ifPresent(key -> map.put(key, typed(member, child)));
          }
        });
    return map;
  }

  private static Object string(String text, String format) {
    try {
      return switch (format) {
        case "byte" -> CelByteString.of(Base64.getDecoder().decode(text));
        case "duration" -> GoDuration.parse(text);
        case "date" -> LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
        case "date-time" -> Timestamps.parse(text);
        default -> text;
      };
    } catch (DateTimeException | IllegalArgumentException e) {
      return text; // does not fit its format, which validation has said already
    }
  }

  /** A result as a tree, list or scalar. */
  public static Object plain(Object value) {
    return switch (value) {
      case NullValue ignored -> null;
      case Map<?, ?> map -> {
        Tree tree = new Tree();
        map.forEach((name, member) -> tree.set(name.toString(), plain(member)));
        yield tree;
      }
      case List<?> list -> {
        List<Object> values = new ArrayList<>(list.size());
        list.forEach(element -> values.add(plain(element)));
        yield values;
      }
      case CelByteString bytes -> Base64.getEncoder().encodeToString(bytes.toByteArray());
      case Instant instant -> Timestamps.format(instant);
      case null, default -> value;
    };
  }
}
