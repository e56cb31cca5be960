package io.kubrig.scheduler.cycle;

/**
 * The way of one pod through its PreBind plugins, on which it can be called back. Once over, the pod is bound whatever happens. Any thread
 * may use it.
 */
final class PreBinding {
  /** Guarded by this. */
  private Thread walker;
  private String calledBack;
  private boolean over;

  /** The calling thread goes the way; when the pod has been called back already it is interrupted at once. */
  synchronized void begin() {
    walker = Thread.currentThread();
    if (calledBack != null) {
      walker.interrupt();
    }
  }

  /** Calls the pod back; false when it is too late. */
  synchronized boolean callBack(String reason) {
    if (over) {
      return false;
    }
    if (calledBack == null) {
      calledBack = reason;
      if (walker != null) {
        walker.interrupt();
      }
    }
    return true;
  }

  /** Ends the way, on its own thread; the reason when the pod has been called back, null otherwise. */
  synchronized String end() {
    over = true;
    if (calledBack != null) {
      Thread.interrupted(); // meant for the way, which is over
    }
    return calledBack;
  }
}
