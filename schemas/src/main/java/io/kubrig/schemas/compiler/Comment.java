package io.kubrig.schemas.compiler;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A comment of the API's source: lines of text among which stand markers ({@code +optional}, {@code +listType=map}).
 *
 * @param lines without comment signs, leading blanks kept
 */
record Comment(List<String> lines) {
  static final Comment NONE = new Comment(List.of());

  Comment {
    lines = List.copyOf(lines);
  }

  boolean has(String marker) {
    return lines.stream().anyMatch(line -> line.strip().equals("+" + marker));
  }

  /** The value of {@code +marker=value}. */
  Optional<String> value(String marker) {
    return values(marker).stream().findFirst();
  }

  List<String> values(String marker) {
    String start = "+" + marker + "=";
    List<String> values = new ArrayList<>();
    for (String line : lines) {
      if (line.strip().startsWith(start)) {
        values.add(line.strip().substring(start.length()));
      }
    }
    return values;
  }

  /**
   * The text as OpenAPI publishes it: lines of a paragraph joined, indented lines kept apart, markers, TODOs and everything after
   * {@code ---} left out.
   */
  String description() {
    StringBuilder text = new StringBuilder();
    for (String raw : lines) {
      String line = raw.stripTrailing();
      if (line.equals("---")) {
        break;
      }
      String start = line.stripLeading();
      if (line.isEmpty()) {
        dropLast(text);
        text.append("\n\n");
      } else if (start.startsWith("TODO") || start.startsWith("+")) {
        continue;
      } else if (line.startsWith(" ") || line.startsWith("\t")) {
        dropLast(text);
        text.append('\n').append(line).append('\n');
      } else {
        text.append(line).append(' ');
      }
    }
    return text.toString().strip();
  }

  private static void dropLast(StringBuilder text) {
    if (!text.isEmpty()) {
      text.setLength(text.length() - 1);
    }
  }
}
