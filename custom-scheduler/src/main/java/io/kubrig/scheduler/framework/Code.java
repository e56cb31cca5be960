package io.kubrig.scheduler.framework;

/** What a plugin answered, in one word. Names as in the native framework, where metrics and logs show them. */
public enum Code {
  SUCCESS("Success"),
  /** Something unexpected: the pod is tried again after a back-off, whatever happens in the cluster. */
  ERROR("Error"),
  /** The pod does not fit here now; removing pods may change that. */
  UNSCHEDULABLE("Unschedulable"),
  /** The pod does not fit here, and removing pods would not change that. */
  UNRESOLVABLE("UnschedulableAndUnresolvable"),
  /** A Permit plugin wants the pod to wait. */
  WAIT("Wait"),
  /** The plugin has nothing to do for this pod (or does not want to bind it). */
  SKIP("Skip"),
  /** The decision is made, but something else must happen before the pod is tried again; no back-off then. */
  PENDING("Pending");

  private final String nativeName;

  Code(String nativeName) {
    this.nativeName = nativeName;
  }

  @Override
  public String toString() {
    return nativeName;
  }
}
