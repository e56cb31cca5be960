package io.kubrig.kubelet.container;

import java.util.Map;

/**
 * Replaces {@code $(NAME)} by the value of a variable; {@code $$(NAME)} stands for itself without one dollar, and a reference to an
 * unknown variable is left as it is. Source: the API's documentation of {@code env.value} and {@code command}.
 */
final class Expansion {
  private Expansion() {}

  static String expand(String text, Map<String, String> variables) {
    if (text == null || text.indexOf('$') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      if (c != '$' || i + 1 == text.length()) {
        out.append(c);
        i++;
      } else {
        i = expandAt(text, i, variables, out);
      }
    }
    return out.toString();
  }

  /** Handles the dollar at a position and returns the position behind what it took. */
  private static int expandAt(String text, int at, Map<String, String> variables, StringBuilder out) {
    char next = text.charAt(at + 1);
    if (next == '$') {
      out.append('$');
      return at + 2;
    }
    int end = next == '(' ? text.indexOf(')', at + 2) : -1;
    if (end < 0) {
      out.append('$').append(next);
      return at + 2;
    }
    String name = text.substring(at + 2, end);
    String value = variables.get(name);
    out.append(value != null ? value : text.substring(at, end + 1));
    return end + 1;
  }
}
