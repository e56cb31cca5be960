package io.kubrig.kubelet.volume;

/** A volume cannot be set up now; the message is that of the event {@code FailedMount}. */
public final class VolumeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public VolumeException(String message) {
    super(message);
  }

  public VolumeException(String message, Throwable cause) {
    super(message, cause);
  }
}
