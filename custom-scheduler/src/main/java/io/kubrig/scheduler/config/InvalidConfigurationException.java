package io.kubrig.scheduler.config;

/** A configuration that cannot be used; the message names every mistake. */
public final class InvalidConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public InvalidConfigurationException(String message) {
    super(message);
  }
}
