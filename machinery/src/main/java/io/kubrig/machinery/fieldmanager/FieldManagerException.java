package io.kubrig.machinery.fieldmanager;

/** An apply that cannot be done, or entries that cannot be read; the message is the native one. */
public final class FieldManagerException extends RuntimeException {
  private final boolean badRequest;

  private FieldManagerException(boolean badRequest, String message) {
    super(message, null, false, false);
    this.badRequest = badRequest;
  }

  static FieldManagerException badRequest(String message) {
    return new FieldManagerException(true, message);
  }

  static FieldManagerException internal(String message) {
    return new FieldManagerException(false, message);
  }

  /** Whether the API answers 400 (BadRequest); otherwise 500 with the bare message. */
  public boolean isBadRequest() {
    return badRequest;
  }
}
