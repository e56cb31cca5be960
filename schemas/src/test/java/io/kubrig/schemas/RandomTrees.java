package io.kubrig.schemas;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.random.RandomGenerator;

/** Random trees as Go would write them: what is left out when zero is never zero, what is always written is there. */
final class RandomTrees {
  private static final int MAX_DEPTH = 5;
  private final RandomGenerator random;

  RandomTrees(RandomGenerator random) {
    this.random = random;
  }

  Tree object(Schema schema, int depth) {
    Tree tree = new Tree();
    for (Field field : schema.fields().values()) {
      if (field.protoPath().length > 0) {
        member(tree, field, depth);
      }
    }
    return tree;
  }

  private void member(Tree tree, Field field, int depth) {
    Schema schema = field.schema();
    boolean deep = depth >= MAX_DEPTH;
    boolean container = schema.type() == Schema.Type.ARRAY || schema.type() == Schema.Type.MAP;
    boolean alwaysWritten = !field.pointer() && !container && (!field.omitEmpty() || isStruct(schema.type())) && !field.omitZero();
    if (container && !field.omitEmpty()) {
      tree.set(field.name(), deep ? null : value(schema, depth + 1));
    } else if (alwaysWritten || !deep && random.nextInt(3) > 0) {
      tree.set(field.name(), value(schema, depth + 1));
    }
  }

  private static boolean isStruct(Schema.Type type) {
    return switch (type) {
      case OBJECT, QUANTITY, INT_OR_STRING, TIME, MICRO_TIME, DURATION, ANY -> true;
      case STRING, INTEGER, NUMBER, BOOLEAN, BYTES, ARRAY, MAP -> false;
    };
  }

  private Object value(Schema schema, int depth) {
    return switch (schema.type()) {
      case OBJECT -> object(schema, depth);
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(1, 3); i > 0; i--) {
          list.add(value(schema.items(), depth));
        }
        yield list;
      }
      case MAP -> {
        Tree map = new Tree();
        for (int i = random.nextInt(1, 3); i > 0; i--) {
          map.set(text(), value(schema.items(), depth));
        }
        yield map;
      }
      case STRING -> text();
      case INTEGER -> schema.format().equals("int32") ? (Object) (long) random.nextInt(Integer.MIN_VALUE, 0)
          : (Object) random.nextLong(1, 1L << 62);
      case NUMBER -> random.nextDouble() + 1;
      case BOOLEAN -> true;
      case BYTES -> Base64.getEncoder().encodeToString(text().getBytes(StandardCharsets.UTF_8));
      case QUANTITY -> random.nextInt(1, 1000) + "m";
      case INT_OR_STRING -> random.nextBoolean() ? (Object) text() : (Object) (long) random.nextInt(1, 1000);
      case TIME -> "20" + random.nextInt(10, 60) + "-02-03T04:05:06Z";
      case MICRO_TIME -> "20" + random.nextInt(10, 60) + "-02-03T04:05:06.123456Z";
      case DURATION -> random.nextInt(1, 59) + "s";
      case ANY -> any(schema, depth);
    };
  }

  private Object any(Schema schema, int depth) {
    if (schema.items() == null) {
      return Tree.of(text(), 17L, "list", List.of(1L, "two", true));
    }
    if (depth < MAX_DEPTH && random.nextBoolean()) {
      return object(schema.items(), depth + 3);
    }
    return schema.name().endsWith("OrBool") ? (Object) random.nextBoolean() : schema.name().endsWith("OrStringArray")
        ? List.of(text()) : List.of(object(schema.items(), MAX_DEPTH));
  }

  private String text() {
    return List.of("a", "b-c", "ü", "😀", "\uffee", "xyz").get(random.nextInt(6)) + random.nextInt(1000);
  }
}
