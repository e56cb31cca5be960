package io.kubrig.machinery.schema;

import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Removes the members of a custom resource that its schema does not name, and notes their paths. */
final class Pruner {
  private final List<String> removed;

  Pruner(List<String> removed) {
    this.removed = removed;
  }

  /**
   * @param node null where the schema says nothing: then every member goes
   * @param path of the value, "" at the root
   * @param root whether this is the resource itself, whose type and metadata are no part of the schema
   */
  void prune(Object value, Schema node, String path, boolean root) {
    if (node != null && (node.preserveUnknownFields() || node.type() == Type.ANY)) {
      keep(value, node, path, root);
    } else if (value instanceof Tree tree) {
      members(tree, node, path, root);
    } else if (value instanceof List<?> list) {
      Schema items = node != null && node.type() == Type.ARRAY ? node.items() : null;
      for (int i = 0; i < list.size(); i++) {
        prune(list.get(i), items, path + "[" + i + "]", false);
      }
    }
  }

  private void members(Tree tree, Schema node, String path, boolean root) {
    for (int i = tree.size() - 1; i >= 0; i--) {
      String name = tree.nameAt(i);
      if (isMeta(name) && node != null && (root || node.embeddedResource())) {
        continue;
      }
      Schema child = node == null ? null : StructuralDecoder.member(node, name);
      if (child != null) {
        prune(tree.valueAt(i), child, join(path, name), false);
      } else {
        removed.add(join(path, name));
        tree.remove(name);
      }
    }
  }

  /** Below preserved fields only what is named again is pruned. */
  private void keep(Object value, Schema node, String path, boolean root) {
    if (value instanceof Tree tree) {
      for (int i = tree.size() - 1; i >= 0; i--) {
        String name = tree.nameAt(i);
        Schema child = StructuralDecoder.member(node, name);
        if (child != null && !(isMeta(name) && (root || node.embeddedResource()))) {
          prune(tree.valueAt(i), child, join(path, name), false);
        }
      }
    } else if (value instanceof List<?> list && node.items() != null && node.type() == Type.ARRAY) {
      for (int i = 0; i < list.size(); i++) {
        keep(list.get(i), node.items(), path + "[" + i + "]", false);
      }
    }
  }

  private static boolean isMeta(String name) {
    return name.equals("metadata") || name.equals("kind") || name.equals("apiVersion");
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
