package io.kubrig.machinery.json;

/** Bytes that are not JSON, or exceed a limit. The message is the one that Go's encoding/json gives, because clients see it. */
public final class JsonException extends RuntimeException {
  private final transient int offset;

  public JsonException(String message, int offset) {
    super(message, null, false, false);
    this.offset = offset;
  }

  /** The position in the input, in bytes from 0. */
  public int offset() {
    return offset;
  }
}
