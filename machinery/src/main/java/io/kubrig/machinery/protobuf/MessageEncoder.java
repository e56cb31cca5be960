package io.kubrig.machinery.protobuf;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.protobuf.Layout.Leaf;
import io.kubrig.machinery.protobuf.Layout.Member;
import io.kubrig.machinery.protobuf.Layout.Nested;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/**
 * Writes a tree as a message, from its last byte to its first. Writing follows the generated code of the native types: a field that is no
 * pointer is written even when zero, a pointer, list element or map entry when it is there.
 */
final class MessageEncoder {
  private static final byte[] NO_BYTES = {};
  private final BackwardWriter out;

  MessageEncoder(BackwardWriter out) {
    this.out = out;
  }

  void message(Schema schema, Tree tree) {
    members(Layout.of(schema).members(), tree);
  }

  private void members(Member[] members, Tree tree) {
    for (int i = members.length - 1; i >= 0; i--) {
      switch (members[i]) {
        case Leaf leaf -> field(leaf.number(), leaf.field(), tree.get(leaf.field().name()));
        case Nested nested -> {
          int end = out.length();
          members(nested.members(), tree);
          if (!nested.optional() || out.length() > end) {
            out.message(nested.number(), end);
          }
        }
      }
    }
  }

  private void field(int number, Field field, Object value) {
    Schema schema = field.schema();
    try {
      switch (schema.type()) {
        case ARRAY -> elements(number, schema.items(), value);
        case MAP -> entries(number, schema.items(), value);
        case BYTES -> {
          if (value != null) {
            value(number, schema, value);
          }
        }
        default -> {
          if (value != null) {
            value(number, schema, value);
          } else if (!field.pointer()) {
            zero(number, schema);
          }
        }
      }
    } catch (ClassCastException e) {
      throw new ProtobufException(field.name() + ": the value does not fit its type " + schema.type(), e);
    }
  }

  private void elements(int number, Schema items, Object value) {
    if (value == null) {
      return;
    }
    List<?> list = (List<?>) value;
    for (int i = list.size() - 1; i >= 0; i--) {
      element(number, items, list.get(i));
    }
  }

  private void element(int number, Schema schema, Object value) {
    if (value == null) {
      zero(number, schema);
    } else {
      value(number, schema, value);
    }
  }

  private void entries(int number, Schema items, Object value) {
    if (value == null) {
      return;
    }
    Tree map = (Tree) value;
    Integer[] order = new Integer[map.size()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(map::nameAt, Utf8Order.COMPARATOR));
    for (int i = order.length - 1; i >= 0; i--) {
      int end = out.length();
      Object entry = map.valueAt(order[i]);
      if (items.type() == Schema.Type.ARRAY) {
        int inner = out.length();
        elements(1, items.items(), entry);
        out.message(2, inner);
      } else {
        element(2, items, entry);
      }
      out.string(1, map.nameAt(order[i]));
      out.message(number, end);
    }
  }

  private void value(int number, Schema schema, Object value) {
    switch (schema.type()) {
      case STRING -> out.string(number, (String) value);
      case INTEGER -> varint(number, integer(value));
      case BOOLEAN -> varint(number, (Boolean) value ? 1 : 0);
      case NUMBER -> {
        out.fixed64(Double.doubleToRawLongBits(((Number) value).doubleValue()));
        out.tag(number, BackwardWriter.FIXED64);
      }
      case BYTES -> out.bytes(number, base64((String) value));
      case OBJECT -> {
        int end = out.length();
        message(schema, (Tree) value);
        out.message(number, end);
      }
      default -> special(number, schema, value);
    }
  }

  private void special(int number, Schema schema, Object value) {
    int end = out.length();
    switch (schema.type()) {
      case QUANTITY -> out.string(1, value instanceof String text ? text : Json.text(value));
      case INT_OR_STRING -> intOrString(value);
      case TIME -> timestamp(Times.parse((String) value).getEpochSecond(), 0);
      case MICRO_TIME -> {
        Instant time = Times.parse((String) value);
        timestamp(time.getEpochSecond(), time.getNano() / 1000 * 1000);
      }
      case DURATION -> varint(1, GoDuration.parse((String) value).toNanos());
      case ANY -> any(schema, value);
      case OBJECT, MAP, ARRAY, STRING, INTEGER, NUMBER, BOOLEAN,
          BYTES -> throw new IllegalStateException(schema.type() + " is not special");
    }
    out.message(number, end);
  }

  private void intOrString(Object value) {
    boolean text = value instanceof String;
    out.string(3, text ? (String) value : "");
    varint(2, text ? 0 : integer(value));
    varint(1, text ? 1 : 0);
  }

  private void timestamp(long seconds, int nanos) {
    varint(2, nanos);
    varint(1, seconds);
  }

  /** JSON in a field of bytes; or, with {@link Schema#items}, one of the unions of JSONSchemaProps. */
  private void any(Schema schema, Object value) {
    if (schema.items() == null) {
      out.bytes(1, Json.write(value));
      return;
    }
    Schema alternative = schema.items();
    if (schema.name().endsWith("OrBool")) {
      if (value instanceof Tree tree) {
        value(2, alternative, tree);
      }
      varint(1, Boolean.FALSE.equals(value) ? 0 : 1);
    } else if (value instanceof List<?> list) {
      for (int i = list.size() - 1; i >= 0; i--) {
        if (list.get(i) instanceof String text) {
          out.string(2, text);
        } else {
          value(2, alternative, list.get(i));
        }
      }
    } else {
      value(1, alternative, value);
    }
  }

  private void zero(int number, Schema schema) {
    switch (schema.type()) {
      case STRING -> out.string(number, "");
      case INTEGER, BOOLEAN -> varint(number, 0);
      case NUMBER -> value(number, schema, 0.0);
      case BYTES -> out.bytes(number, NO_BYTES);
      case OBJECT -> value(number, schema, Tree.empty());
      case QUANTITY -> value(number, schema, "0");
      case INT_OR_STRING -> value(number, schema, 0L);
      case DURATION -> value(number, schema, "0s");
      case TIME, MICRO_TIME, ANY -> out.message(number, out.length());
      case ARRAY, MAP -> {
        // nothing: an absent list or map has no bytes
      }
    }
  }

  private void varint(int number, long value) {
    out.varint(value);
    out.tag(number, BackwardWriter.VARINT);
  }

  private static long integer(Object value) {
    if (value instanceof Double number && number == Math.rint(number)) {
      return number.longValue();
    }
    return (Long) value;
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getDecoder().decode(text.indexOf('\n') < 0 && text.indexOf('\r') < 0 ? text : text.replaceAll("[\r\n]", ""));
    } catch (IllegalArgumentException e) {
      throw new ProtobufException("not base64", e);
    }
  }
}
