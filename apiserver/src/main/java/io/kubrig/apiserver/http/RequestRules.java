package io.kubrig.apiserver.http;

import java.util.List;

/**
 * What a request's head must hold for all parties on its way to understand it alike. (Source: RFC 9110, RFC 9112 section 6.1, RFC 9113
 * section 8.2; the answers are those of Go's net/http.)
 */
final class RequestRules {
  private static final String TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

  private RequestRules() {}

  /** A method: a token. */
  static boolean isMethod(CharSequence method) {
    return !method.isEmpty() && method.chars().allMatch(c -> letterOrDigit(c) || TOKEN_SYMBOLS.indexOf(c) >= 0);
  }

  private static boolean letterOrDigit(int c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }

  /** A target without blanks and control characters, which would end the request line where it is passed on. */
  static boolean isTarget(CharSequence target) {
    return !target.isEmpty() && target.chars().allMatch(c -> c > ' ' && c != 0x7f);
  }

  /** A field value without line ends and zeros. */
  static boolean isValue(CharSequence value) {
    return value.chars().allMatch(c -> c >= ' ' && c != 0x7f || c == '\t');
  }

  /** A host: a name or address with an optional port. */
  static boolean isHost(String host) {
    return host.chars().allMatch(c -> letterOrDigit(c) || TOKEN_SYMBOLS.indexOf(c) >= 0 || ":[](),;=@/".indexOf(c) >= 0);
  }

  /** Whether the way in which the body's end is told is one that every server understands alike: {@code chunked} alone, or a length. */
  static boolean isTransferEncoding(List<String> codings) {
    return codings.isEmpty() || codings.size() == 1 && codings.getFirst().equalsIgnoreCase("chunked");
  }
}
