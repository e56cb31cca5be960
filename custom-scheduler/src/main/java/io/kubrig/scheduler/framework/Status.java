package io.kubrig.scheduler.framework;

import java.util.List;

/**
 * The answer of a plugin: a code, why, and which plugin said so.
 *
 * @param reasons empty for {@link Code#SUCCESS}
 * @param plugin filled in by the framework for rejections; empty otherwise
 */
public record Status(Code code, List<String> reasons, String plugin) {
  public static final Status SUCCESS = new Status(Code.SUCCESS, List.of(), "");
  public static final Status SKIP = new Status(Code.SKIP, List.of(), "");
  public static final Status WAIT = new Status(Code.WAIT, List.of(), "");

  public Status {
    reasons = List.copyOf(reasons);
  }

  /** The pod does not fit now. */
  public static Status unschedulable(String... reasons) {
    return new Status(Code.UNSCHEDULABLE, List.of(reasons), "");
  }

  /** The pod does not fit, and preemption would not help. */
  public static Status unresolvable(String... reasons) {
    return new Status(Code.UNRESOLVABLE, List.of(reasons), "");
  }

  /** The decision stands, but something outside must happen first. */
  public static Status pending(String... reasons) {
    return new Status(Code.PENDING, List.of(reasons), "");
  }

  /** Something unexpected. */
  public static Status error(String message) {
    return new Status(Code.ERROR, List.of(message), "");
  }

  /** The same answer with the name of the plugin, unless one is there. */
  public Status from(String pluginName) {
    return plugin.isEmpty() && !isSuccess() ? new Status(code, reasons, pluginName) : this;
  }

  /** The same reasons under another code. */
  public Status as(Code other) {
    return new Status(other, reasons, plugin);
  }

  public boolean isSuccess() {
    return code == Code.SUCCESS;
  }

  public boolean isSkip() {
    return code == Code.SKIP;
  }

  public boolean isWait() {
    return code == Code.WAIT;
  }

  public boolean isError() {
    return code == Code.ERROR;
  }

  /** Whether the pod was turned down, as opposed to an error. */
  public boolean isRejected() {
    return code == Code.UNSCHEDULABLE || code == Code.UNRESOLVABLE || code == Code.PENDING;
  }

  /** The reasons in one line. */
  public String message() {
    return String.join(", ", reasons);
  }
}
