package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.schema.Schema;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects the paths of all fields that an object sets. */
final class FieldCollector {
  private final FieldSet set = new FieldSet();
  private final List<PathElement> path = new ArrayList<>();

  static FieldSet fieldsOf(Tree object, Schema schema) {
    FieldCollector collector = new FieldCollector();
    collector.collect(object, schema);
    return collector.set;
  }

  private void collect(Object value, Schema schema) {
    Shapes.Shape shape = Shapes.shape(schema, value);
    if (Shapes.atomic(schema, shape)) {
      set.insert(path);
    } else if (value instanceof Tree tree) {
      members(tree, schema);
    } else if (value instanceof List<?> list) {
      elements(list, schema);
    }
  }

  private void members(Tree tree, Schema schema) {
    for (int i = 0; i < tree.size(); i++) {
      String name = tree.nameAt(i);
      Object value = tree.valueAt(i);
      path.add(new PathElement.Name(name));
      collect(value, Shapes.memberOrDeduced(schema, name));
      if (value == null || value instanceof Tree child && child.isEmpty() || !Shapes.declares(schema, name)) {
        set.insert(path);
      }
      path.removeLast();
    }
  }

  private void elements(List<?> list, Schema schema) {
    Set<PathElement> seen = new HashSet<>();
    Set<PathElement> repeated = new HashSet<>();
    for (Object element : list) {
      PathElement address = Shapes.address(schema, element);
      if (!seen.add(address)) {
        repeated.add(address);
      }
    }
    for (Object element : list) {
      PathElement address = Shapes.address(schema, element);
      path.add(address);
      if (!repeated.contains(address)) {
        collect(element, schema.items());
      }
      set.insert(path);
      path.removeLast();
    }
  }
}
