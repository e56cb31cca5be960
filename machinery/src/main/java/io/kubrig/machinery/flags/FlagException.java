package io.kubrig.machinery.flags;

/** A command line that cannot be understood. The message is what the native component prints after {@code Error: }. */
public final class FlagException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FlagException(String message) {
    super(message);
  }
}
