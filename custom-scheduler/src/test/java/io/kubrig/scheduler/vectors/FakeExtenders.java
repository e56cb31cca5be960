package io.kubrig.scheduler.vectors;

/** The extenders of the vectors that have some. */
final class FakeExtenders {
  String difference(String verb, Object want) {
    return "no extender was called at " + verb + ", wanted " + want;
  }
}
