package io.kubrig.testkit;

/** A cluster did not come to rest in time. The message tells what was still going on. */
public final class UnsettledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnsettledException(String message) {
    super(message);
  }

  /** The same, with what was written last. */
  UnsettledException with(String report) {
    return new UnsettledException(getMessage() + "\nThe last writes:\n" + report);
  }
}
