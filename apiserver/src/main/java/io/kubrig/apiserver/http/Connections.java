package io.kubrig.apiserver.http;

import java.util.concurrent.atomic.AtomicInteger;

/** What connections of a server know of each other: how many handlers run, and whether the server is going away. */
final class Connections {
  /** Fired through each pipeline when the server begins to go away. */
  static final Object DRAIN = new Object();

  private final AtomicInteger running = new AtomicInteger();
  private volatile boolean draining;

  void begun() {
    running.incrementAndGet();
  }

  void ended() {
    if (running.decrementAndGet() == 0 && draining) {
      synchronized (this) {
        notifyAll();
      }
    }
  }

  boolean draining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  int running() {
    return running.get();
  }

  /** Waits until no handler runs. Answers whether that came about in time. */
  synchronized boolean awaitQuiet(long millis) throws InterruptedException {
    long until = System.nanoTime() + millis * 1_000_000;
    while (running.get() > 0) {
      long left = (until - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      wait(left);
    }
    return true;
  }
}
