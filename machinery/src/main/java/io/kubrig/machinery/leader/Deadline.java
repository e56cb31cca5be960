package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;

/** Interrupts the thread that made it when its time is over, unless it was closed before. After the close the thread is not interrupted. */
final class Deadline implements AutoCloseable {
  private final Thread thread = Thread.currentThread();
  private final Clock.Timer timer;
  // guarded by this
  private boolean closed;
  private boolean over;

  Deadline(Clock clock, Duration after) {
    timer = clock.after(after, this::interrupt);
  }

  private synchronized void interrupt() {
    if (!closed) {
      over = true;
      thread.interrupt();
    }
  }

  @Override
  public void close() {
    timer.cancel();
    synchronized (this) {
      closed = true;
      if (over) {
        Thread.interrupted(); // what it asked for is done
      }
    }
  }
}
