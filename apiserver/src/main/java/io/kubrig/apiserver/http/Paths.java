package io.kubrig.apiserver.http;

import java.util.Optional;

/**
 * Decoding of request paths such that nothing downstream can be tricked: the path is decoded once; dot segments and double slashes are
 * answered as native's mux does, by a redirect to the clean path.
 */
public final class Paths {
  private Paths() {}

  /** The decoded path; empty when an escape is broken (native answers 400). */
  public static Optional<String> decode(String rawPath) {
    return Percent.decode(rawPath, false);
  }

  /** The path without dot segments and double slashes; a trailing slash stays (source: Go's path.Clean and net/http's cleanPath). */
  public static String clean(String path) {
    if (path.isEmpty()) {
      return "/";
    }
    java.util.ArrayDeque<String> kept = new java.util.ArrayDeque<>();
    for (String segment : path.split("/")) {
      if (segment.equals("..")) {
        kept.pollLast();
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        kept.addLast(segment);
      }
    }
    String clean = "/" + String.join("/", kept);
    return path.endsWith("/") && !clean.equals("/") ? clean + "/" : clean;
  }
}
