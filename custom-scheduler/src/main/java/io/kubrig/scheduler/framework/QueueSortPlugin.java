package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;
import java.time.Instant;

/** Orders the active queue. Exactly one is enabled, the same in every profile. */
public interface QueueSortPlugin extends Plugin {

  /** A waiting pod and when it was put into the queue. */
  interface Entry {
    Pod pod();

    Instant queuedAt();
  }

  /** Whether {@code a} goes before {@code b}. */
  boolean before(Entry a, Entry b);
}
