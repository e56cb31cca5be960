package io.kubrig.machinery.patch;

/** A patch that cannot be read or applied. */
public final class PatchException extends RuntimeException {

  /** What the API answers. */
  public enum Kind {
    /** 400 with the message. */
    BAD_REQUEST,
    /** 413 with the message behind {@code Request entity too large: }. */
    TOO_LARGE,
    /** 422 without details: {@code the server rejected our request due to an error in our request}. */
    UNPROCESSABLE,
    /** 500 with the message, as native answers what it did not foresee. */
    INTERNAL
  }

  private final Kind kind;

  public PatchException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  static PatchException badRequest(String message) {
    return new PatchException(Kind.BAD_REQUEST, message);
  }

  static PatchException undecodable(String message) {
    return badRequest("error decoding patch: " + message);
  }

  static PatchException unprocessable(String message) {
    return new PatchException(Kind.UNPROCESSABLE, message);
  }

  static PatchException internal(String message) {
    return new PatchException(Kind.INTERNAL, message);
  }
}
