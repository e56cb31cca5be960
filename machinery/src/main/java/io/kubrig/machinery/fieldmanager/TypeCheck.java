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
  private final List<String> errors = new ArrayList<>();

  /** What does not fit, as one text in native form; "" when all fits. */
  static String errorsOf(Tree config, Schema schema) {
    TypeCheck check = new TypeCheck();
    check.check("", config, schema);
    return switch (check.errors.size()) {
      case 0 -> "";
      case 1 -> check.errors.getFirst();
      default -> "errors:\n  " + String.join("\n  ", check.errors);
    };
  }

  private void check(String path, Object value, Schema schema) {
    if (value == null) {
      return;
    }
    switch (Shapes.shape(schema, value)) {
      case MAP -> {
        if (value instanceof Tree tree) {
          members(path, tree, schema);
        } else {
          error(path, "expected map, got " + plain(value));
        }
      }
      case LIST -> {
        if (value instanceof List<?> list) {
          elements(path, list, schema);
        } else {
          error(path, "expected list, got " + plain(value));
        }
      }
      case SCALAR -> scalar(path, value, schema.type());
    }
  }

  private void members(String path, Tree tree, Schema schema) {
    for (int i = 0; i < tree.size(); i++) {
      String name = tree.nameAt(i);
      Schema member = Shapes.member(schema, name);
      if (member == null) {
        error(path + "." + name, "field not declared in schema");
        return; // native stops at the first one of an object
      }
      check(path + "." + name, tree.valueAt(i), member);
    }
  }

  private void elements(String path, List<?> list, Schema schema) {
    boolean atomic = Shapes.atomic(schema, Shapes.Shape.LIST);
    Set<PathElement> seen = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      PathElement address;
      try {
        address = atomic ? new PathElement.Index(i) : Shapes.address(schema, list.get(i));
      } catch (FieldManagerException e) {
        error(path, "element " + i + ": " + e.getMessage());
        return;
      }
      if (!seen.add(address)) {
        error(path, "duplicate entries for key " + address);
      }
      if (schema.items() != null && schema.type() == Type.ARRAY) {
        check(path + address, list.get(i), schema.items());
      }
    }
  }

  private void scalar(String path, Object value, Type type) {
    switch (type) {
      case STRING, BYTES -> {
        if (!(value instanceof String)) {
          error(path, "expected string, got &value.valueUnstructured{Value:" + GoText.syntax(value) + "}");
        }
      }
      case INTEGER, NUMBER -> {
        if (!(value instanceof Number)) {
          error(path, "expected numeric (int or float), got " + goType(value));
        }
      }
      case BOOLEAN -> {
        if (!(value instanceof Boolean)) {
          error(path, "expected boolean, got " + plain(value));
        }
      }
      default -> {
        if (value instanceof Tree || value instanceof List<?>) {
          error(path, "expected any scalar, got " + plain(value));
        }
      }
    }
  }

  private void error(String path, String message) {
    errors.add(path.isEmpty() ? message : path + ": " + message);
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
