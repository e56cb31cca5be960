package io.kubrig.scheduler.tracing;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;

/** One attempt as it is followed, from the search for a node to the end of binding. Used by one thread at a time. */
public interface AttemptSpan {
  /** Of an attempt that is not followed. */
  AttemptSpan NONE = new AttemptSpan() {};

  /** The time in which a thread works for an attempt. */
  interface Work extends AutoCloseable {
    /** Of no attempt. */
    Work NONE = () -> {};

    @Override
    void close();
  }

  /** Until the answer is closed, what the calling thread asks others belongs to the attempt. */
  default Work work() {
    return Work.NONE;
  }

  /** All plugins of an extension point have run; both times are nanoseconds of the scheduler's clock. */
  default void ran(ExtensionPoint point, Code outcome, long startNanos, long endNanos) {}

  /** A node was chosen. */
  default void chose(String node) {}

  /** The attempt is over. @param result as in {@code scheduler_schedule_attempts_total} */
  default void end(String result, String message) {}
}
