package io.kubrig.machinery.yaml;

import io.kubrig.machinery.json.GoFloat;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/**
 * Prints block YAML in the shape of sigs.k8s.io/yaml: sorted members, sequences at the indentation of their key, literal blocks for lines.
 */
final class YamlWriter {
  private final StringBuilder out = new StringBuilder(512);

  String document(Object value) {
    switch (value) {
      case Tree tree when !tree.isEmpty() -> members(tree, 0, false);
      case List<?> list when !list.isEmpty() -> elements(list, 0, false);
      case null, default -> {
        scalar(value, 2);
        out.append('\n');
      }
    }
    return out.toString();
  }

  /** @param inline whether the first member goes on the line that is already begun */
  private void members(Tree tree, int indent, boolean inline) {
    boolean first = inline;
    for (String name : tree.names().stream().sorted().toList()) {
      if (!first) {
        out.repeat(' ', indent);
      }
      first = false;
      string(name, indent, false);
      out.append(':');
      Object value = tree.get(name);
      switch (value) {
        case Tree child when !child.isEmpty() -> {
          out.append('\n');
          members(child, indent + 2, false);
        }
        case List<?> list when !list.isEmpty() -> {
          out.append('\n');
          elements(list, indent, false);
        }
        case null, default -> {
          out.append(' ');
          scalar(value, indent + 2);
          out.append('\n');
        }
      }
    }
  }

  private void elements(List<?> list, int indent, boolean inline) {
    boolean first = inline;
    for (Object element : list) {
      if (!first) {
        out.repeat(' ', indent);
      }
      first = false;
      out.append("- ");
      switch (element) {
        case Tree tree when !tree.isEmpty() -> members(tree, indent + 2, true);
        case List<?> inner when !inner.isEmpty() -> elements(inner, indent + 2, true);
        case null, default -> {
          scalar(element, indent + 2);
          out.append('\n');
        }
      }
    }
  }

  private void scalar(Object value, int indent) {
    switch (value) {
      case null -> out.append("null");
      case Tree empty -> out.append("{}");
      case List<?> empty -> out.append("[]");
      case String text -> string(text, indent, true);
      case Double number -> out.append(GoFloat.format(number));
      default -> out.append(value);
    }
  }

  private void string(String text, int indent, boolean block) {
    if (text.isEmpty() || YamlScalars.ambiguous(text) || isTimestamp(text) || !printable(text)) {
      doubleQuoted(text);
    } else if (text.indexOf('\n') >= 0) {
      if (block && !text.startsWith(" ") && !text.startsWith("\n") && !text.contains(" \n") && text.indexOf('\t') != 0) {
        literal(text, indent);
      } else {
        doubleQuoted(text);
      }
    } else if (plainIsSafe(text)) {
      out.append(text);
    } else {
      out.append('\'').append(text.replace("'", "''")).append('\'');
    }
  }

  private void literal(String text, int indent) {
    boolean ends = text.endsWith("\n");
    out.append('|').append(!ends ? "-" : text.endsWith("\n\n") ? "+" : "");
    String body = ends ? text.substring(0, text.length() - 1) : text;
    for (String line : body.split("\n", -1)) {
      out.append('\n');
      if (!line.isEmpty()) {
        out.repeat(' ', indent).append(line);
      }
    }
  }

  private static boolean printable(String text) {
    return text.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\t' || c == 0x7f || c == 0xfeff || c >= 0x80 && c < 0xa0
        || Character.isSurrogate((char) c));
  }

  /** YAML 1.1 would read a plain 2026-01-02 or 2026-01-02T03:04:05Z as a time. */
  private static boolean isTimestamp(String text) {
    if (text.length() < 10 || text.charAt(4) != '-' || text.charAt(7) != '-') {
      return false;
    }
    for (int i : new int[] {0, 1, 2, 3, 5, 6, 8, 9}) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() == 10 || "Tt ".indexOf(text.charAt(10)) >= 0;
  }

  private static boolean plainIsSafe(String text) {
    if ("-?:,[]{}#&*!|>'\"%@` \t=<".indexOf(text.charAt(0)) >= 0) {
      boolean dashWord = "-?:".indexOf(text.charAt(0)) >= 0 && text.length() > 1 && text.charAt(1) != ' ' && !text.startsWith("---");
      if (!dashWord) {
        return false;
      }
    }
    return !text.startsWith("...") && !text.endsWith(" ") && !text.endsWith(":") && !text.contains(": ") && !text.contains(" #")
        && text.indexOf('\t') < 0;
  }

  private void doubleQuoted(String text) {
    out.append('"');
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                  if (c < ' ' || c >= 0x7f && c < 0xa0 || c == 0xfeff) {
                    out.append(String.format(c < 0x100 ? "\\x%02X" : "\\u%04X", c));
                  } else {
                    out.appendCodePoint(c);
                  }
                }
              }
            });
    out.append('"');
  }
}
