package io.kubrig.machinery.schema;

import io.kubrig.machinery.schema.Schema.Type;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Removes the members of a custom resource that its schema does not name, and notes their paths. */
final class Pruner {
  /** Characters of the paths that are noted. */
  private static final int MOST_NAMED = 1 << 20;

  private final List<String> removed;
  private final StringBuilder path = new StringBuilder();
  private long named;

  Pruner(List<String> removed) {
    this.removed = removed;
  }

  /**
   * @param node null where the schema says nothing: then every member goes
   * @param root whether this is the resource itself, whose type and metadata are no part of the schema
   */
  void prune(Object value, Schema node, boolean root) {
    if (node != null && (node.preserveUnknownFields() || node.type() == Type.ANY)) {
      keep(value, node, root);
    } else if (value instanceof Tree tree) {
      members(tree, node, root);
    } else if (value instanceof List<?> list) {
      Schema items = node != null && node.type() == Type.ARRAY ? node.items() : null;
      for (int i = 0; i < list.size(); i++) {
        int mark = enter(i);
        prune(list.get(i), items, false);
        path.setLength(mark);
      }
    }
  }

  private void members(Tree tree, Schema node, boolean root) {
    tree.removeIf(
        (name, value) -> {
          if (isMeta(name) && node != null && (root || node.embeddedResource())) {
            return false;
          }
          Schema child = node == null ? null : StructuralDecoder.member(node, name);
          int mark = enter(name);
          if (child != null) {
            prune(value, child, false);
          } else {
            remove();
          }
          path.setLength(mark);
          return child == null;
        });
  }

  /** Below preserved fields only what is named again is pruned. */
  private void keep(Object value, Schema node, boolean root) {
    if (value instanceof Tree tree) {
      tree.forEach(
          (name, member) -> {
            Schema child = StructuralDecoder.member(node, name);
            if (child != null && !(isMeta(name) && (root || node.embeddedResource()))) {
              int mark = enter(name);
              prune(member, child, false);
              path.setLength(mark);
            }
          });
    } else if (value instanceof List<?> list && node.items() != null && node.type() == Type.ARRAY) {
      for (int i = 0; i < list.size(); i++) {
        int mark = enter(i);
        keep(list.get(i), node.items(), false);
        path.setLength(mark);
      }
    }
  }

  /** Notes the path that goes, unless the paths would become much more than what a request may send. */
  private void remove() {
    if (named <= MOST_NAMED) {
      named += path.length();
      removed.add(path.toString());
    }
  }

  private int enter(String name) {
    int mark = path.length();
    path.append(mark == 0 ? "" : ".").append(name);
    return mark;
  }

  private int enter(int index) {
    int mark = path.length();
    path.append('[').append(index).append(']');
    return mark;
  }

  private static boolean isMeta(String name) {
    return name.equals("metadata") || name.equals("kind") || name.equals("apiVersion");
  }
}
