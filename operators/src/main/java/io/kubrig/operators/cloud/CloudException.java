package io.kubrig.operators.cloud;

import java.time.Duration;
import java.util.Optional;

/** A provider cannot do what it is asked now; the message says why, and users see it. */
public final class CloudException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration pause;
  private final boolean elsewhere;

  private CloudException(String message, Throwable cause, Duration pause, boolean elsewhere) {
    super(message, cause);
    this.pause = pause;
    this.elsewhere = elsewhere;
  }

  /** Trouble; tried again with growing pauses. */
  public CloudException(String message) {
    this(message, null, null, false);
  }

  /** Trouble that came of another; tried again with growing pauses. */
  public CloudException(String message, Throwable cause) {
    this(message, cause, null, false);
  }

  /** Not yet: tried again after a pause. */
  public static CloudException retryAfter(String message, Duration pause) {
    return new CloudException(message, null, pause, false);
  }

  /** Not here: another controller does this. */
  public static CloudException elsewhere() {
    return new CloudException("implemented by alternate to cloud provider", null, null, true);
  }

  /** The pause until the next attempt, where the provider knows it. */
  public Optional<Duration> retryAfter() {
    return Optional.ofNullable(pause);
  }

  /** Whether another controller does what was asked. */
  public boolean isElsewhere() {
    return elsewhere;
  }
}
