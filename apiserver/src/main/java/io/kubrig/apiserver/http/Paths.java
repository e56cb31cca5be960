package io.kubrig.apiserver.http;

import java.util.Optional;

/**
 * Decoding of request paths such that nothing downstream can be tricked: the path is decoded once, and dot segments are names like any
 * other, never a way to another place.
 */
public final class Paths {
  private Paths() {}

  /** The decoded path; empty when an escape is broken (native answers 400). */
  public static Optional<String> decode(String rawPath) {
    return Percent.decode(rawPath, false);
  }
}
