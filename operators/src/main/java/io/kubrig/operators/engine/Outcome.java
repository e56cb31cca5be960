package io.kubrig.operators.engine;

import java.time.Duration;

/** What is to become of a key after one reconcile. A reconcile that throws is a {@link Retry} too. */
public sealed interface Outcome {
  /** Nothing until the next event. */
  Outcome DONE = new Done();

  /** Again after the key's back-off, which grows with each failure in a row. */
  Outcome RETRY = new Retry();

  /** Again after a time, unless an event comes first (which does not cancel it). */
  static Outcome after(Duration delay) {
    return after(delay, "the controller's own time");
  }

  /** Again after a time, for a reason that people read in the debug view. */
  static Outcome after(Duration delay, String reason) {
    return new After(delay, reason);
  }

  /** The key is settled. */
  record Done() implements Outcome {}

  /** The key is to be tried again soon. */
  record Retry() implements Outcome {}

  /** The key is to be looked at again at a known time. */
  record After(Duration delay, String reason) implements Outcome {}
}
