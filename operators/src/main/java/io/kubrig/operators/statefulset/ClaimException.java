package io.kubrig.operators.statefulset;

import java.util.List;

/** A pod's claims cannot be provided, or not be given their owners, now. The message says why, as native's events do. */
final class ClaimException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClaimException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Several troubles as one. */
  static ClaimException of(List<String> troubles, Throwable cause) {
    return new ClaimException(troubles.size() == 1 ? troubles.getFirst() : "[" + String.join(", ", troubles) + "]", cause);
  }
}
