package io.kubrig.apiserver.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Optional;

/** Percent-encoding of URLs (RFC 3986), as strict as Go's {@code net/url}. */
public final class Percent {
  private Percent() {}

  /**
   * Decodes.
   *
   * @param plusIsSpace as in queries
   * @return empty when an escape is broken
   */
  public static Optional<String> decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && (!plusIsSpace || text.indexOf('+') < 0)) {
      return Optional.of(text);
    }
    byte[] encoded = text.getBytes(UTF_8);
    ByteArrayOutputStream decoded = new ByteArrayOutputStream(encoded.length);
    for (int i = 0; i < encoded.length; i++) {
      int c = encoded[i];
      if (c == '%') {
        int high = digit(encoded, i + 1);
        int low = digit(encoded, i + 2);
        if (high < 0 || low < 0) {
          return Optional.empty();
        }
        decoded.write(high << 4 | low);
        i += 2;
      } else {
        decoded.write(plusIsSpace && c == '+' ? ' ' : c);
      }
    }
    return Optional.of(decoded.toString(UTF_8));
  }

  private static int digit(byte[] bytes, int at) {
    return at < bytes.length ? Character.digit(bytes[at], 16) : -1;
  }
}
