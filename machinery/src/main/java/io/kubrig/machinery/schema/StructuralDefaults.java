package io.kubrig.machinery.schema;

import io.kubrig.machinery.schema.Schema.Field;
import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Fills in the defaults of a custom resource's schema. */
public final class StructuralDefaults {
  private StructuralDefaults() {}

  /** Changes the value in place. A null that is not allowed counts as absent. */
  public static void apply(Object value, Schema node) {
    if (value instanceof Tree tree) {
      members(tree, node);
    } else if (value instanceof List<?> list && node.type() == Type.ARRAY && node.items() != null) {
      elements(list, node.items());
    }
  }

  private static void members(Tree tree, Schema node) {
    for (Field field : node.fields().values()) {
      Schema child = field.schema();
      if (child.defaultValue() == null) {
        continue;
      }
      if (!tree.has(field.name()) || tree.get(field.name()) == null && !child.nullable()) {
        tree.set(field.name(), Tree.copyOf(child.defaultValue()));
      }
    }
    for (int i = 0; i < tree.size(); i++) {
      Schema child = StructuralDecoder.member(node, tree.nameAt(i));
      if (child == null) {
        continue;
      }
      if (node.type() == Type.MAP && tree.valueAt(i) == null && !child.nullable()) {
        tree.setValueAt(i, Tree.copyOf(child.defaultValue()));
      }
      apply(tree.valueAt(i), child);
    }
  }

  @SuppressWarnings("unchecked")
  private static void elements(List<?> list, Schema items) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) == null && !items.nullable()) {
        ((List<Object>) list).set(i, Tree.copyOf(items.defaultValue()));
      }
      apply(list.get(i), items);
    }
  }
}
