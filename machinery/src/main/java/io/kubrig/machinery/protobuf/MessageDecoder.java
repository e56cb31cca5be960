package io.kubrig.machinery.protobuf;

import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.json.JsonException;
import io.kubrig.machinery.json.Limits;
import io.kubrig.machinery.protobuf.Layout.Leaf;
import io.kubrig.machinery.protobuf.Layout.Member;
import io.kubrig.machinery.protobuf.Layout.Nested;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Reads a message into the tree that Go would write as JSON for it: fields in the order of the schema, zero values left out where they are
 * left out, written where they are always written. Unknown fields are dropped.
 */
final class MessageDecoder {
  /** Counted as in JSON: objects, lists and maps. */
  private static final int MAX_DEPTH = Limits.REQUEST.maxDepth();
  private static final int MAX_VALUES = Limits.REQUEST.maxValues();

  /** Stands in a slot for a JSON null. */
  private static final Object NULL = new Object();

  private int depth;
  private int values;

  /**
   * Reads a message.
   *
   * @param kind "" within an object
   */
  Tree message(Schema schema, WireReader in, String apiVersion, String kind) {
    Layout layout = Layout.of(schema);
    descend();
    Object[] slots = new Object[layout.fields().length];
    members(layout.members(), in, slots);
    depth--;
    Tree made = tree(layout, slots, apiVersion, kind);
    count(1 + made.size());
    return made;
  }

  private void descend() {
    if (++depth > MAX_DEPTH) {
      throw new ProtobufException("exceeded max depth");
    }
  }

  /** An empty message takes two bytes on the wire and all that its type always writes in the tree. */
  private void count(int more) {
    values += more;
    if (values > MAX_VALUES) {
      throw new ProtobufException("the message has more than " + MAX_VALUES + " values");
    }
  }

  private void members(Member[] members, WireReader in, Object[] slots) {
    while (in.next()) {
      switch (Layout.find(members, in.number())) {
        case null -> in.skip();
        case Nested nested -> members(nested.members(), in.message(), slots);
        case Leaf leaf -> slots[leaf.slot()] = field(leaf.field().schema(), in, slots[leaf.slot()]);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private Object field(Schema schema, WireReader in, Object earlier) {
    return switch (schema.type()) {
      case ARRAY -> {
        List<Object> list = earlier == null ? new ArrayList<>() : (List<Object>) earlier;
        descend();
        count(1);
        list.add(plain(value(schema.items(), in)));
        depth--;
        yield list;
      }
      case MAP -> {
        Tree map = earlier == null ? new Tree() : (Tree) earlier;
        descend();
        count(1);
        entry(schema.items(), in.message(), map);
        depth--;
        yield map;
      }
      default -> value(schema, in);
    };
  }

  private void entry(Schema items, WireReader in, Tree map) {
    String key = "";
    Object value = null;
    while (in.next()) {
      switch (in.number()) {
        case 1 -> key = in.string();
        case 2 -> value = items.type() == Schema.Type.ARRAY ? wrappedList(items, in.message()) : value(items, in);
        default -> in.skip();
      }
    }
    // an entry without a value has an empty one, bytes too, which are nothing as a field
    Object absent = items.type() == Schema.Type.BYTES ? "" : zero(items);
    map.set(key, plain(value == null ? absent : value));
  }

  private List<Object> wrappedList(Schema list, WireReader in) {
    List<Object> elements = new ArrayList<>();
    while (in.next()) {
      if (in.number() == 1) {
        descend();
        count(1);
        elements.add(plain(value(list.items(), in)));
        depth--;
      } else {
        in.skip();
      }
    }
    return elements;
  }

  private Object value(Schema schema, WireReader in) {
    return switch (schema.type()) {
      case STRING -> in.string();
      case INTEGER -> schema.format().equals("int32") ? (long) (int) in.varintField() : in.varintField();
      case BOOLEAN -> in.varintField() != 0;
      case NUMBER -> in.doubleField();
      case BYTES -> Base64.getEncoder().encodeToString(in.bytes());
      case OBJECT -> message(schema, in.message(), "", "");
      case QUANTITY -> quantity(in.message());
      case INT_OR_STRING -> intOrString(in.message());
      case TIME -> time(in.message(), false);
      case MICRO_TIME -> time(in.message(), true);
      case DURATION -> duration(in.message());
      case ANY -> schema.items() == null ? json(in.message()) : union(schema, in.message());
      case ARRAY, MAP -> throw new ProtobufException("a list of lists or maps has no protobuf form");
    };
  }

  private static String quantity(WireReader in) {
    String text = "0";
    while (in.next()) {
      if (in.number() == 1) {
        String read = in.string();
        text = read.isEmpty() ? "0" : read;
      } else {
        in.skip();
      }
    }
    return text;
  }

  private static Object intOrString(WireReader in) {
    long type = 0;
    long number = 0;
    String text = "";
    while (in.next()) {
      switch (in.number()) {
        case 1 -> type = in.varintField();
        case 2 -> number = (int) in.varintField();
        case 3 -> text = in.string();
        default -> in.skip();
      }
    }
    return type == 1 ? text : (Object) number;
  }

  private static Object time(WireReader in, boolean micro) {
    if (in.isEmpty()) {
      return NULL;
    }
    long seconds = 0;
    int nanos = 0;
    while (in.next()) {
      switch (in.number()) {
        case 1 -> seconds = in.varintField();
        case 2 -> nanos = (int) in.varintField();
        default -> in.skip();
      }
    }
    return micro ? Times.micros(seconds, nanos) : Times.seconds(seconds);
  }

  private static String duration(WireReader in) {
    long nanos = 0;
    while (in.next()) {
      if (in.number() == 1) {
        nanos = in.varintField();
      } else {
        in.skip();
      }
    }
    return GoDuration.format(Duration.ofNanos(nanos));
  }

  private Object json(WireReader in) {
    Object value = NULL;
    while (in.next()) {
      if (in.number() == 1) {
        byte[] bytes = in.bytes();
        try {
          value = bytes.length == 0 ? NULL : Json.read(bytes, left());
        } catch (JsonException e) {
          throw new ProtobufException("the raw value is not JSON: " + e.getMessage(), e);
        }
      } else {
        in.skip();
      }
    }
    return value == null ? NULL : value;
  }

  /** What a JSON value at this place may still cost. */
  private Limits left() {
    if (depth >= MAX_DEPTH || values >= MAX_VALUES) {
      throw new ProtobufException("exceeded max depth");
    }
    return new Limits(Limits.REQUEST.maxBytes(), MAX_DEPTH - depth, MAX_VALUES - values);
  }

  private Object union(Schema schema, WireReader in) {
    boolean orBool = schema.name().endsWith("OrBool");
    boolean allows = false;
    Tree alternative = null;
    List<Object> list = new ArrayList<>();
    while (in.next()) {
      int number = in.number();
      if (orBool && number == 1) {
        allows = in.varintField() != 0;
      } else if (orBool && number == 2 || !orBool && number == 1) {
        alternative = message(schema.items(), in.message(), "", "");
      } else if (number == 2) {
        list.add(schema.name().endsWith("OrStringArray") ? in.string() : message(schema.items(), in.message(), "", ""));
      } else {
        in.skip();
      }
    }
    if (alternative != null && (list.isEmpty() || orBool)) {
      return alternative;
    }
    return orBool ? (Object) allows : list.isEmpty() ? NULL : list;
  }

  // ---- what Go would write -------------------------------------------------------------------------------------------

  private static Tree tree(Layout layout, Object[] slots, String apiVersion, String kind) {
    Tree tree = new Tree();
    Field[] fields = layout.fields();
    for (int i = 0; i < fields.length; i++) {
      Field field = fields[i];
      Object value = slots[i];
      if (field.protoPath().length == 0) {
        typeMeta(tree, field.name(), apiVersion, kind);
      } else if (field.pointer()) {
        if (value != null) {
          tree.add(field.name(), plain(value));
        }
      } else {
        addValue(tree, field, value == null ? zero(field.schema()) : value);
      }
    }
    return tree;
  }

  private static void typeMeta(Tree tree, String name, String apiVersion, String kind) {
    String value = name.equals("kind") ? kind : name.equals("apiVersion") ? apiVersion : "";
    if (!value.isEmpty()) {
      tree.add(name, value);
    }
  }

  private static void addValue(Tree tree, Field field, Object value) {
    boolean leftOut =
        switch (field.schema().type()) {
          case STRING, INTEGER, BOOLEAN, NUMBER, BYTES, ARRAY, MAP -> field.omitEmpty() && isZero(value);
          case OBJECT -> field.omitZero() && value.equals(zero(field.schema()));
          case TIME, MICRO_TIME, ANY, QUANTITY, INT_OR_STRING, DURATION -> field.omitZero() && value.equals(zero(field.schema()));
        };
    if (!leftOut) {
      tree.add(field.name(), plain(value));
    }
  }

  private static boolean isZero(Object value) {
    return switch (value) {
      case String text -> text.isEmpty();
      case Long number -> number == 0;
      case Double number -> number == 0;
      case Boolean flag -> !flag;
      case List<?> list -> list.isEmpty();
      case Tree map -> map.isEmpty();
      default -> value == NULL;
    };
  }

  private static Object zero(Schema schema) {
    return switch (schema.type()) {
      case STRING -> "";
      case INTEGER -> 0L;
      case BOOLEAN -> false;
      case NUMBER -> 0.0;
      case ARRAY, MAP, BYTES, TIME, MICRO_TIME, ANY -> NULL;
      case QUANTITY -> "0";
      case INT_OR_STRING -> 0L;
      case DURATION -> "0s";
      case OBJECT -> {
        Layout layout = Layout.of(schema);
        yield tree(layout, new Object[layout.fields().length], "", "");
      }
    };
  }

  private static Object plain(Object value) {
    return value == NULL ? null : value;
  }
}
