package io.kubrig.apiserver.webhook;

/** That a webhook could not be called, or gave no usable answer. The message is what native's client would say. */
public final class HookCallException extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  /** @param code the status by which metrics count it */
  public HookCallException(String message, int code) {
    super(message);
    this.code = code;
  }

  public int code() {
    return code;
  }
}
