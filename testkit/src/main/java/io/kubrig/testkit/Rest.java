package io.kubrig.testkit;

import io.kubrig.machinery.clock.Tally;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Finds out when nothing is left to do in a cluster.
 *
 * <p>What the cluster's own parts do is counted exactly. Code under test may hold work on threads that nobody counts, between an event it
 * was told of and the request it makes then: when it has been told something, it gets a little real time to act.
 */
final class Rest {
  private static final Duration GRACE = Duration.ofMillis(15);
  private static final Duration GLANCE = Duration.ofMillis(1);

  private final Tally tally;
  private final AtomicLong told = new AtomicLong();
  private long heard; // the value of told that grace was given for; guarded by this

  Rest(Tally tally) {
    this.tally = tally;
  }

  /** Code under test has been told something on a thread that nobody counts. */
  void toldOutside() {
    told.incrementAndGet();
  }

  /**
   * Returns when nothing is left to do.
   *
   * @throws UnsettledException when patience (real time) ends before
   */
  synchronized void await(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      if (!tally.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
        throw unsettled(patience);
      }
      if (told.get() == heard) {
        return;
      }
      heard = told.get();
      if (staysIdle()) {
        return;
      }
    }
  }

  private boolean staysIdle() throws InterruptedException {
    long begun = tally.begun();
    long until = System.nanoTime() + GRACE.toNanos();
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(GLANCE.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (tally.begun() != begun) {
        return false;
      }
    }
    return true;
  }

  private UnsettledException unsettled(Duration patience) {
    Map<String, Integer> open = tally.open();
    String work =
        open.entrySet().stream()
            .map(entry -> entry.getKey() + (entry.getValue() > 1 ? " (" + entry.getValue() + " times)" : ""))
            .collect(Collectors.joining(", "));
    return new UnsettledException("the cluster did not come to rest within " + patience.toSeconds() + " s; still moving: " + work);
  }
}
