package io.kubrig.machinery.selector;

/** A selector that cannot be understood; the message is the native one. */
public final class SelectorException extends IllegalArgumentException {
  public SelectorException(String message) {
    super(message);
  }
}
