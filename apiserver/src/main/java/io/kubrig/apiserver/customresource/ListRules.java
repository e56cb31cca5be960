package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.schema.Schema.ListType;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lists of type set and map hold every element or key once. (Source: apiextensions-apiserver/pkg/apiserver/schema/listtype.) */
final class ListRules {
  private ListRules() {}

  static void check(Object value, Schema schema, FieldPath path, FieldErrors errors) {
    switch (value) {
      case Tree tree -> members(tree, schema, path, errors);
      case List<?> list -> elements(list, schema, path, errors);
      case null, default -> { }
    }
  }

  private static void members(Tree tree, Schema schema, FieldPath path, FieldErrors errors) {
    tree.forEach(
        (name, value) -> {
          Schema.Field field = schema.fields().get(name);
          if (field != null) {
            check(value, field.schema(), path.child(name), errors);
          } else if (schema.type() == Type.MAP) {
            check(value, schema.items(), path.key(name), errors);
          }
        });
  }

  private static void elements(List<?> list, Schema schema, FieldPath path, FieldErrors errors) {
    if (schema.listType() == ListType.SET) {
      repeated(new ArrayList<>(list)).forEach(i -> errors.duplicate(path.index(i), list.get(i)));
    } else if (schema.listType() == ListType.MAP) {
      keys(list, schema, path, errors);
    }
    if (schema.items() != null) {
      for (int i = 0; i < list.size(); i++) {
        check(list.get(i), schema.items(), path.index(i), errors);
      }
    }
  }

  private static void keys(List<?> list, Schema schema, FieldPath path, FieldErrors errors) {
    List<Object> keys = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      Object element = list.get(i);
      if (element != null && !(element instanceof Tree)) {
        errors.invalid(path.index(i), element, "must be an object for an array of list-type map");
        return;
      }
      Tree key = new Tree();
      for (String name : schema.listMapKeys()) {
        if (element instanceof Tree tree && tree.has(name)) {
          key.set(name, tree.get(name));
        }
      }
      keys.add(key);
    }
    repeated(keys).forEach(i -> errors.duplicate(path.index(i), keys.get(i)));
  }

  /** The positions of the first repetition of every value. */
  private static List<Integer> repeated(List<Object> values) {
    Map<Object, Integer> seen = new HashMap<>();
    List<Integer> positions = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      if (seen.merge(values.get(i), 1, Integer::sum) == 2) {
        positions.add(i);
      }
    }
    return positions;
  }
}
