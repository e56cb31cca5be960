package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What distinguishes two objects of one schema. No path is in more than one of the sets. */
record Comparison(FieldSet removed, FieldSet modified, FieldSet added) {

  static Comparison of(Tree left, Tree right, Schema schema) {
    Comparison result = new Comparison(new FieldSet(), new FieldSet(), new FieldSet());
    new Walk(result).compare(left, right, schema);
    return result;
  }

  /** Without some fields and all below them. */
  Comparison without(FieldSet fields) {
    if (fields.isEmpty()) {
      return this;
    }
    return new Comparison(removed.recursiveDifference(fields), modified.recursiveDifference(fields), added.recursiveDifference(fields));
  }

  private static final class Walk {
    /** Stands for a value that is not there, which is something else than a null. */
    private static final Object ABSENT = new Object();

    private final Comparison result;
    private final List<PathElement> path = new ArrayList<>();

    Walk(Comparison result) {
      this.result = result;
    }

    void compare(Object left, Object right, Schema schema) {
      Shapes.Shape leftShape = Shapes.shape(schema, left == ABSENT ? right : left);
      Shapes.Shape rightShape = Shapes.shape(schema, right == ABSENT ? left : right);
      boolean leaf = false;
      if (leftShape != rightShape) {
        leaf = descend(left, right, schema, leftShape);
      }
      leaf |= descend(left, right, schema, rightShape);
      if (!leaf && left == ABSENT) {
        result.added.insert(path);
      } else if (!leaf && right == ABSENT) {
        result.removed.insert(path);
      }
    }

    /** Answers whether the value was compared as a whole. */
    private boolean descend(Object left, Object right, Schema schema, Shapes.Shape shape) {
      if (Shapes.atomic(schema, shape) || isEmpty(left, shape) && isEmpty(right, shape)) {
        leaf(left, right);
        return true;
      }
      if (shape == Shapes.Shape.MAP) {
        maps(left instanceof Tree tree ? tree : Tree.empty(), right instanceof Tree tree ? tree : Tree.empty(), schema);
      } else {
        lists(left instanceof List<?> list ? list : List.of(), right instanceof List<?> list ? list : List.of(), schema);
      }
      return false;
    }

    private static boolean isEmpty(Object value, Shapes.Shape shape) {
      return shape == Shapes.Shape.MAP ? !(value instanceof Tree tree) || tree.isEmpty() : !(value instanceof List<?> list)
          || list.isEmpty();
    }

    private void leaf(Object left, Object right) {
      if (left == ABSENT) {
        result.added.insert(path);
      } else if (right == ABSENT) {
        result.removed.insert(path);
      } else if (!Values.same(left, right)) {
        result.modified.insert(path);
      }
    }

    private void maps(Tree left, Tree right, Schema schema) {
      for (int i = 0; i < left.size(); i++) {
        String name = left.nameAt(i);
        member(name, left.valueAt(i), right.has(name) ? right.get(name) : ABSENT, schema);
      }
      for (int i = 0; i < right.size(); i++) {
        if (!left.has(right.nameAt(i))) {
          member(right.nameAt(i), ABSENT, right.valueAt(i), schema);
        }
      }
    }

    private void member(String name, Object left, Object right, Schema schema) {
      if (left == right) {
        return;
      }
      path.add(new PathElement.Name(name));
      compare(left, right, Shapes.memberOrDeduced(schema, name));
      path.removeLast();
    }

    private void lists(List<?> left, List<?> right, Schema schema) {
      Map<PathElement, List<Object>> lefts = byAddress(left, schema);
      Map<PathElement, List<Object>> rights = byAddress(right, schema);
      lefts.forEach((address, elements) -> elements(address, elements, rights.getOrDefault(address, List.of()), schema));
      rights.forEach(
          (address, elements) -> {
            if (!lefts.containsKey(address)) {
              elements(address, List.of(), elements, schema);
            }
          });
    }

    private static Map<PathElement, List<Object>> byAddress(List<?> list, Schema schema) {
      Map<PathElement, List<Object>> elements = LinkedHashMap.newLinkedHashMap(list.size());
      for (Object element : list) {
        elements.computeIfAbsent(Shapes.address(schema, element), key -> new ArrayList<>(1)).add(element);
      }
      return elements;
    }

    /** Elements of one address: usually one on each side; several are compared like one atomic value. */
    private void elements(PathElement address, List<Object> left, List<Object> right, Schema schema) {
      path.add(address);
      if (left.size() <= 1 && right.size() <= 1) {
        compare(left.isEmpty() ? ABSENT : left.getFirst(), right.isEmpty() ? ABSENT : right.getFirst(), schema.items());
      } else if (left.size() >= 2 && right.size() >= 2) {
        if (!Values.same(left, right)) {
          result.modified.insert(path);
        }
      } else if (left.size() >= 2) {
        if (!right.isEmpty()) {
          compare(ABSENT, right.getFirst(), schema.items());
        }
        result.removed.insert(path);
      } else {
        if (!left.isEmpty()) {
          compare(left.getFirst(), ABSENT, schema.items());
        }
        result.added.insert(path);
      }
      path.removeLast();
    }
  }
}
