package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/** Takes fields and elements out of an object. The result shares values with it; a map or list that becomes empty is null. */
final class Remover {
  private Remover() {}

  static Tree remove(Tree object, FieldSet fields, Schema schema) {
    return without(object, fields, schema) instanceof Tree tree ? tree : new Tree();
  }

  private static Object without(Object value, FieldSet fields, Schema schema) {
    Shapes.Shape shape = Shapes.shape(schema, value);
    if (shape == Shapes.Shape.SCALAR) {
      return value;
    }
    if (Shapes.atomic(schema, shape)) {
      return null;
    }
    return switch (value) {
      case Tree tree -> members(tree, fields, schema);
      case List<?> list -> elements(list, fields, schema);
      case null, default -> null;
    };
  }

  private static Object members(Tree tree, FieldSet fields, Schema schema) {
    Tree out = new Tree();
    boolean reached = false;
    for (int i = 0; i < tree.size(); i++) {
      String name = tree.nameAt(i);
      PathElement element = new PathElement.Name(name);
      if (!fields.has(element)) {
        FieldSet below = fields.below(element);
        Object value = tree.valueAt(i);
        reached |= !below.isEmpty();
        out.set(name, below.isEmpty() ? value : emptied(value, without(value, below, Shapes.memberOrDeduced(schema, name))));
      }
    }
    return out.isEmpty() && !reached ? null : out;
  }

  /** What is left of a value out of which something was taken: a map or list stays, even if nothing is left in it. */
  private static Object emptied(Object before, Object left) {
    if (left != null) {
      return left;
    }
    return before instanceof Tree ? new Tree() : before instanceof List<?> ? List.of() : null;
  }

  private static Object elements(List<?> list, FieldSet fields, Schema schema) {
    List<Object> out = new ArrayList<>(list.size());
    boolean reached = false;
    for (Object element : list) {
      PathElement address = Shapes.address(schema, element);
      if (!fields.has(address)) {
        FieldSet below = fields.below(address);
        reached |= !below.isEmpty();
        out.add(below.isEmpty() ? element : emptied(element, without(element, below, schema.items())));
      }
    }
    return out.isEmpty() && !reached ? null : out;
  }
}
