package io.kubrig.schemas.compiler;

import java.util.ArrayList;
import java.util.List;

/**
 * Joins two halves of a description: protoc keeps the lines of a comment but loses the empty ones between paragraphs; client-java-api keeps
 * how many line breaks there were, as blanks, but not where lines end.
 */
final class Paragraphs {
  private Paragraphs() {}

  /**
   * The description with its paragraphs. Where the two halves are not of the same text, the second with a guess: two blanks part
   * paragraphs.
   */
  static String restore(Comment comment, String blanked) {
    if (!squeezed(comment.description()).equals(squeezed(blanked))) {
      return blanked.strip().replaceAll("(?<=\\S)  (?=\\S)", "\n\n");
    }
    List<String> restored = new ArrayList<>();
    int at = 0;
    boolean first = true;
    for (String line : comment.lines()) {
      String start = line.strip();
      if (start.equals("---")) {
        break;
      }
      if (start.isEmpty() || start.startsWith("+") || start.startsWith("TODO")) {
        continue;
      }
      int run = blanks(blanked, at);
      if (!first && run > 1 + indentation(line)) {
        restored.add("");
      }
      restored.add(line);
      at = skip(blanked, at, squeezed(line).length());
      first = false;
    }
    return new Comment(restored).description();
  }

  private static int indentation(String line) {
    return line.length() - line.stripLeading().length();
  }

  private static int blanks(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at - from;
  }

  /** The position after so many characters that are no blanks. */
  private static int skip(String text, int from, int count) {
    int at = from;
    for (int left = count; left > 0; at++) {
      if (!Character.isWhitespace(text.charAt(at))) {
        left--;
      }
    }
    return at;
  }

  private static String squeezed(String text) {
    StringBuilder squeezed = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        squeezed.append(text.charAt(i));
      }
    }
    return squeezed.toString();
  }
}
