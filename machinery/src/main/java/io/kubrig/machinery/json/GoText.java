package io.kubrig.machinery.json;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Values as Go's fmt prints them, for native messages. */
public final class GoText {
  private GoText() {}

  /** The verb %v: {@code map[a:1 b:[x y]]}. */
  public static String plain(Object value) {
    return switch (value) {
      case null -> "<nil>";
      case Double number -> GoFloat.format(number);
      case List<?> list -> "[" + String.join(" ", list.stream().map(GoText::plain).toList()) + "]";
      case Tree tree -> "map[" + String.join(" ", tree.names().stream().sorted().map(name -> name + ":" + plain(tree.get(name))).toList())
          + "]";
      default -> String.valueOf(value);
    };
  }

  /** The verb %#v: {@code map[string]interface {}{"a":1}}. */
  public static String syntax(Object value) {
    return switch (value) {
      case null -> "interface {}(nil)";
      case String text -> '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
      case Double number -> GoFloat.format(number);
      case List<?> list -> "[]interface {}{" + String.join(", ", list.stream().map(GoText::syntax).toList()) + "}";
      case Tree tree ->
          "map[string]interface {}{"
              + String.join(", ", tree.names().stream().sorted().map(name -> syntax(name) + ":" + syntax(tree.get(name))).toList())
              + "}";
      default -> String.valueOf(value);
    };
  }
}
