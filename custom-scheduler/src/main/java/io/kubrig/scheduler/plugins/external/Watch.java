package io.kubrig.scheduler.plugins.external;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Looks whether the plugin call under way on the scheduling thread takes too long, and interrupts it then. There is one such thread, so
 * there is at most one call.
 *
 * <p>Invariant: an interrupt reaches the call it is meant for or nobody: it is given and taken back under the lock.
 */
final class Watch implements AutoCloseable {
  private static final Duration EVERY = Duration.ofMillis(250);

  private final Duration patience;
  private final Clock clock;
  private final Clock.Timer timer;
  /** Guarded by this. */
  private Thread thread;
  private String plugin;
  private long since;
  private boolean interrupted;

  Watch(Duration patience, Clock clock) {
    this.patience = patience;
    this.clock = clock;
    this.timer = clock.every(EVERY, this::look);
  }

  synchronized void enter(String name) {
    thread = Thread.currentThread();
    plugin = name;
    since = clock.nanos();
    interrupted = false;
  }

  /** The call is over; returns whether it was interrupted for taking too long. */
  synchronized boolean leave() {
    thread = null;
    if (interrupted) {
      Thread.interrupted(); // ours, perhaps not noticed by the plugin
    }
    return interrupted;
  }

  private synchronized void look() {
    if (thread != null && !interrupted && clock.nanos() - since > patience.toNanos()) {
      interrupted = true;
      thread.interrupt();
    }
  }

  synchronized Optional<String> stuck() {
    return thread != null && clock.nanos() - since > 2 * patience.toNanos() ? Optional.of(plugin) : Optional.empty();
  }

  Duration patience() {
    return patience;
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
