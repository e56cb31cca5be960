package io.kubrig.scheduler.extender;

/** An extender could not be reached or reported an error. */
public final class ExtenderException extends Exception {
  private static final long serialVersionUID = 1L;

  public ExtenderException(String message) {
    super(message);
  }
}
