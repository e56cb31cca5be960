package io.kubrig.e2e.stories;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** Patterns of file names, as stories use them for names: {@code *}, {@code ?} and {@code [abc]}. */
final class Glob {
  private static final Map<String, Pattern> KNOWN = new ConcurrentHashMap<>();

  private Glob() {}

  static boolean matches(String pattern, String text) {
    return KNOWN.computeIfAbsent(pattern, Glob::compile).matcher(text).matches();
  }

  private static Pattern compile(String pattern) {
    StringBuilder regex = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      int end = c == '[' ? pattern.indexOf(']', i) : -1;
      if (end > 0) {
        regex.append(pattern.substring(i, end + 1).replace("[!", "[^"));
        i = end;
      } else {
        regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
