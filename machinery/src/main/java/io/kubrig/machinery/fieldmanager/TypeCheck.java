package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.json.GoText;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks that an applied configuration fits its schema. */
final class TypeCheck {
  /** Characters of all errors together; there may be one for every value of the configuration. */
  private static final int MOST_TOLD = 1 << 20;

  private final List<String> errors = new ArrayList<>();
  private final StringBuilder path = new StringBuilder();
  private long told;

  /** What does not fit, as one text in native form; "" when all fits. */
  static String errorsOf(Tree config, Schema schema) {
    TypeCheck check = new TypeCheck();
    check.check(config, schema);
    return switch (check.errors.size()) {
      case 0 -> "";
      case 1 -> check.errors.getFirst();
      default -> "errors:\n  " + String.join("\n  ", check.errors);
    };
  }

  private void check(Object value, Schema schema) {
    if (value == null) {
      return;
    }
    switch (Shapes.shape(schema, value)) {
      case MAP -> {
        if (value instanceof Tree tree) {
          members(tree, schema);
        } else {
          error("expected map, got " + plain(value));
        }
      }
      case LIST -> {
        if (value instanceof List<?> list) {
          elements(list, schema);
        } else {
          error("expected list, got " + plain(value));
        }
      }
      case SCALAR -> scalar(value, schema.type());
    }
  }

  private void members(Tree tree, Schema schema) {
    for (int i = 0; i < tree.size(); i++) {
      String name = tree.nameAt(i);
      Schema member = Shapes.member(schema, name);
      int mark = path.length();
      path.append('.').append(name);
      if (member == null) {
        error("field not declared in schema");
        path.setLength(mark);
        return; // native stops at the first one of an object
      }
      check(tree.valueAt(i), member);
      path.setLength(mark);
    }
  }

  private void elements(List<?> list, Schema schema) {
    boolean atomic = Shapes.atomic(schema, Shapes.Shape.LIST);
    Set<PathElement> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      PathElement address;
      try {
        address = atomic ? new PathElement.Index(i) : Shapes.address(schema, list.get(i));
      } catch (FieldManagerException e) {
        error("element " + i + ": " + e.getMessage());
        return;
      }
      if (!seen.add(address)) {
        error("duplicate entries for key " + address);
      }
      if (schema.items() != null && schema.type() == Type.ARRAY) {
        int mark = path.length();
        path.append(address);
        check(list.get(i), schema.items());
        path.setLength(mark);
      }
    }
  }

  private void scalar(Object value, Type type) {
    switch (type) {
      case STRING, BYTES -> {
        if (!(value instanceof String)) {
          error("expected string, got &value.valueUnstructured{Value:" + GoText.syntax(value) + "}");
        }
      }
      case INTEGER, NUMBER -> {
        if (!(value instanceof Number)) {
          error("expected numeric (int or float), got " + goType(value));
        }
      }
      case BOOLEAN -> {
        if (!(value instanceof Boolean)) {
          error("expected boolean, got " + plain(value));
        }
      }
      default -> {
        if (value instanceof Tree || value instanceof List<?>) {
          error("expected any scalar, got " + plain(value));
        }
      }
    }
  }

  private void error(String message) {
    if (told <= MOST_TOLD) {
      String error = path.isEmpty() ? message : path + ": " + message;
      told += error.length();
      errors.add(error);
    }
  }

  private static String goType(Object value) {
    return switch (value) {
      case String text -> "string";
      case Boolean flag -> "bool";
      case Tree tree -> "map[string]interface {}";
      case List<?> list -> "[]interface {}";
      default -> "interface {}";
    };
  }

  /** Go's %v of the wrapper around a value. */
  private static String plain(Object value) {
    return "&{" + GoText.plain(value) + "}";
  }
}
