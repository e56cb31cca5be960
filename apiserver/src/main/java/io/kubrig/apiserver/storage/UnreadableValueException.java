package io.kubrig.apiserver.storage;

/** What is stored under a key cannot be understood: it was encrypted with a key that is not known, or it is no object of a known kind. */
public final class UnreadableValueException extends RuntimeException {
  public UnreadableValueException(String message) {
    super(message, null, false, false);
  }
}
