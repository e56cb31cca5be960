package io.kubrig.scheduler.devices;

/** A claim, class or slice is wrong in a way that no node can mend; the attempt to schedule the pod ends. */
public final class AllocationException extends Exception {
  private static final long serialVersionUID = 1L;

  public AllocationException(String message) {
    super(message);
  }
}
