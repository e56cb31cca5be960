package io.kubrig.scheduler.api;

/** The API server turned a request down, or could not be reached (code 0). */
public final class ClusterApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final int code;

  public ClusterApiException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The HTTP status. */
  public int code() {
    return code;
  }

  /** Whether nobody answered, or only somebody in front of a server that is not there: asking again may help. */
  public boolean isUnreachable() {
    return code <= 0 || code >= 500;
  }

  public boolean isNotFound() {
    return code == 404;
  }

  public boolean isConflict() {
    return code == 409;
  }
}
