package io.kubrig.operators.why;

/** How an object stands. */
public enum Standing {
  /** As it should be. */
  FINE,
  /** On its way: time or others' work in progress will bring it on. */
  WAITING,
  /** It stays as it is until someone changes something. */
  BLOCKED;

  /** The worse of two. */
  Standing worse(Standing other) {
    return compareTo(other) >= 0 ? this : other;
  }
}
