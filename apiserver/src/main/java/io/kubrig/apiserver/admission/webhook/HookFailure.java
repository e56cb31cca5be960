package io.kubrig.apiserver.admission.webhook;

/** That a webhook could not be asked: its failure policy decides what becomes of the request. */
final class HookFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final int code;

  /** @param code by which metrics count it */
  HookFailure(Hook hook, String reason, int code) {
    super("failed calling webhook \"" + hook.name() + "\": " + reason);
    this.code = code;
  }

  int code() {
    return code;
  }
}
