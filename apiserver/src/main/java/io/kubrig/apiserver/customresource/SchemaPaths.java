package io.kubrig.apiserver.customresource;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;

/**
 * Paths into a schema as selectable fields and rules state them: {@code .spec.color}, {@code .m['a-b']}. (Source: schema/cel/validation.go,
 * ValidFieldPath.)
 */
final class SchemaPaths {
  private SchemaPaths() {}

  /**
   * What a path leads to.
   *
   * @param path in the form of messages, without leading dot
   * @param problem null when there is none
   */
  record Found(String path, Tree schema, String problem) {}

  static Found find(Tree schema, String path, boolean brackets) {
    if (!path.startsWith(".") && !(brackets && path.startsWith("['"))) {
      return wrong("expected [ or . but got: " + first(path));
    }
    List<String> names = new ArrayList<>();
    StringBuilder shown = new StringBuilder();
    Tree node = schema;
    int at = 0;
    while (at < path.length()) {
      boolean dotted = path.charAt(at) == '.';
      String name;
      if (dotted) {
        int end = at + 1;
        while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
          end++;
        }
        name = path.substring(at + 1, end);
        at = end;
        if (name.isEmpty()) {
          return wrong(at >= path.length() ? "unexpected end of JSON path" : "does not refer to a valid field");
        }
      } else if (brackets && path.startsWith("['", at)) {
        int end = path.indexOf("']", at);
        if (end < 0) {
          return wrong("unexpected end of JSON path");
        }
        name = path.substring(at + 2, end);
        at = end + 2;
      } else {
        return wrong("expected . but got: " + first(path.substring(at)));
      }
      Tree child = child(node, name);
      if (child == null) {
        return wrong("does not refer to a valid field");
      }
      boolean isMap = node.get("additionalProperties") instanceof Tree;
      shown.append(isMap ? "[" + name + "]" : (shown.isEmpty() ? "" : ".") + name);
      names.add(name);
      node = child;
    }
    return new Found(shown.toString(), node, null);
  }

  private static Tree child(Tree node, String name) {
    if (node.tree("properties").get(name) instanceof Tree child) {
      return child;
    }
    return node.get("additionalProperties") instanceof Tree values ? values : null;
  }

  /** The first token: one of the three delimiters, or what stands before the next. */
  private static String first(String text) {
    int end = 0;
    while (end < text.length() && ".[]".indexOf(text.charAt(end)) < 0) {
      end++;
    }
    return text.substring(0, Math.max(Math.min(1, text.length()), end));
  }

  private static Found wrong(String problem) {
    return new Found("", Tree.empty(), problem);
  }
}
