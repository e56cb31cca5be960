package io.kubrig.machinery.protobuf;

/** Bytes that are no valid message, or a tree that does not fit its schema. */
public final class ProtobufException extends RuntimeException {
  public ProtobufException(String message) {
    super(message);
  }

  public ProtobufException(String message, Throwable cause) {
    super(message, cause);
  }
}
