package io.kubrig.machinery.schema;

/** A value that does not have the type its schema demands; the message is the one that Go's decoder gives. */
public final class DecodeException extends RuntimeException {
  public DecodeException(String message) {
    super(message, null, false, false);
  }
}
