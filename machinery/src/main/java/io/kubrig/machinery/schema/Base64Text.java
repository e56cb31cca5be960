package io.kubrig.machinery.schema;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Base64 as Go's standard encoding accepts it: padded, line ends ignored. */
final class Base64Text {
  private Base64Text() {}

  /**
   * The canonical text of the same bytes.
   *
   * @throws DecodeException with Go's message
   */
  static String canonical(String text) {
    int size = text.length();
    int padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
    boolean plain = size % 4 == 0;
    for (int i = 0; plain && i < size - padding; i++) {
      plain = isDigit(text.charAt(i));
    }
    if (plain && (padding == 0 || lastBitsAreZero(text, size - padding - 1, padding))) {
      return text;
    }
    return decoded(text);
  }

  private static String decoded(String text) {
    StringBuilder digits = new StringBuilder(text.length());
    int end = text.length();
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        continue;
      }
      if (c == '=') {
        checkPadding(text, i, digits.length() % 4);
        digits.append(digits.length() % 4 == 2 ? "==" : "=");
        break;
      }
      if (!isDigit(c)) {
        throw illegal(i);
      }
      digits.append(c);
    }
    if (digits.length() % 4 != 0) {
      throw illegal(end - digits.length() % 4);
    }
    byte[] bytes = Base64.getDecoder().decode(digits.toString());
    return new String(Base64.getEncoder().encode(bytes), StandardCharsets.ISO_8859_1);
  }

  private static void checkPadding(String text, int at, int digits) {
    if (digits < 2) {
      throw illegal(at);
    }
    int needed = digits == 2 ? 2 : 1;
    for (int i = at; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        continue;
      }
      if (c != '=' || needed == 0) {
        throw illegal(i);
      }
      needed--;
    }
    if (needed > 0) {
      throw illegal(text.length());
    }
  }

  private static boolean lastBitsAreZero(String text, int at, int padding) {
    return at >= 0 && (value(text.charAt(at)) & (padding == 2 ? 15 : 3)) == 0;
  }

  private static int value(char c) {
    if (c >= 'a') {
      return c - 'a' + 26;
    }
    if (c >= 'A') {
      return c - 'A';
    }
    return c == '+' ? 62 : c == '/' ? 63 : c - '0' + 52;
  }

  private static boolean isDigit(char c) {
    return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
  }

  private static DecodeException illegal(int at) {
    return new DecodeException("illegal base64 data at input byte " + at);
  }
}
