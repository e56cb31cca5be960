package io.kubrig.scheduler.framework;

/** A plugin cannot answer; the attempt to schedule the pod fails with the status. */
public final class PluginException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final transient Status status;

  public PluginException(Status status) {
    super(status.message());
    this.status = status;
  }

  public Status status() {
    return status;
  }
}
