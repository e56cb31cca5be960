package io.kubrig.machinery.clock;

import java.time.Duration;
import java.time.Instant;

/**
 * The one source of time of a process: what hour it is, how long something took, and what is to run later.
 *
 * <p>Every part takes a clock in its constructor; nothing else may ask the system for the time or sleep. That is what lets a
 * whole cluster run on a {@link VirtualClock}.
 */
public interface Clock {

  /** The wall time, with nanosecond precision where the source has it. */
  Instant now();

  /** A monotonic reading for measuring durations; only differences have a meaning. Unit: nanoseconds. */
  long nanos();

  /**
   * Runs a task once after a delay. The task runs on a thread of the clock and must be short: hand longer work to a queue.
   *
   * @param delay zero or negative means as soon as possible
   */
  Timer after(Duration delay, Runnable task);

  /** Blocks the calling thread for a duration of this clock's time. */
  void sleep(Duration duration) throws InterruptedException;

  /** Like {@link #sleep}, by a thread that is at work: while it sleeps, its work does not keep time from moving. */
  default void sleepAtWork(Duration duration) throws InterruptedException {
    sleep(duration);
  }

  /**
   * How long a thread that waits for something else may wait at most, in real time, before it has to look whether a duration of this
   * clock's time has passed: all of it where this clock goes with real time, a moment where it jumps.
   */
  default Duration patience(Duration duration) {
    return duration;
  }

  /** Runs a task again and again, the first time after one period, until the timer is cancelled. */
  default Timer every(Duration period, Runnable task) {
    return new RepeatingTimer(this, period, task);
  }

  /** What the users of this clock are doing; a clock that must not run ahead of them waits for it. */
  default Activity activity() {
    return Activity.NONE;
  }

  /** A task that waits for its time. */
  interface Timer {
    /** Prevents the task from running, unless it already has begun. Returns whether it was still waiting. */
    boolean cancel();
  }

  /** The clock of the machine. */
  static Clock system() {
    return SystemClock.INSTANCE;
  }
}
