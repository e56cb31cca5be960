package io.kubrig.machinery.component;

/** A component that could not start, with a sentence that tells its operator what is wrong and what to do. */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
