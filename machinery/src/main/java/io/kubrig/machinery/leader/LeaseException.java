package io.kubrig.machinery.leader;

/** A call about the lease that failed or was refused; the election goes on and tries again. */
public final class LeaseException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LeaseException(String message, Throwable cause) {
    super(message, cause);
  }
}
