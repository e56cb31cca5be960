package io.kubrig.machinery.clock;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Counts the work that is open and lets a thread wait for its end. Patience is in real time: it bounds how long a program is waited for.
 */
public final class Tally implements Activity {
  // guarded by this
  private final Set<Open> open = new LinkedHashSet<>();
  private int resting; // of the open ones, how many wait for time to pass
  private long begun;

  private final class Open implements Work {
    private final String what;

    Open(String what) {
      this.what = what;
    }

    @Override
    public void close() {
      synchronized (Tally.this) {
        open.remove(this);
        tell();
      }
    }
  }

  @Override
  public synchronized Work begin(String what) {
    Open work = new Open(what);
    open.add(work);
    begun++;
    return work;
  }

  /** One of those at work waits for time to pass. */
  synchronized void rest() {
    resting++;
    tell();
  }

  synchronized void resume() {
    resting--;
    begun++;
  }

  private void tell() {
    if (isIdle()) {
      notifyAll();
    }
  }

  /** How much work has ever begun: unchanged between two readings means that nothing happened between them. */
  public synchronized long begun() {
    return begun;
  }

  public synchronized boolean isIdle() {
    return open.size() <= resting;
  }

  /** What is open, with how often. */
  public synchronized Map<String, Integer> open() {
    Map<String, Integer> counts = new TreeMap<>();
    open.forEach(work -> counts.merge(work.what, 1, Integer::sum));
    return counts;
  }

  /** Waits until nothing is open; answers whether that came to be in time. */
  public synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!isIdle()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(Math.max(1, left / 1_000_000));
    }
    return true;
  }
}
