package io.kubrig.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The text that a program writes, collected while it writes. */
final class Text {
  private final StringBuilder collected = new StringBuilder(); // guarded by lock
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean ended; // guarded by lock

  private Text() {}

  static Text of(InputStream source) {
    Text text = new Text();
    Thread.ofVirtual().start(() -> text.collect(source));
    return text;
  }

  private void collect(InputStream source) {
    byte[] buffer = new byte[8192];
    try (source) {
      for (int count = source.read(buffer); count >= 0; count = source.read(buffer)) {
        add(new String(buffer, 0, count, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      add("\n[" + e.getMessage() + "]\n"); // the reader of a killed program
    } finally {
      lock.lock();
      try {
        ended = true;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  private void add(String more) {
    lock.lock();
    try {
      collected.append(more);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What has been written so far. */
  String now() {
    lock.lock();
    try {
      return collected.toString();
    } finally {
      lock.unlock();
    }
  }

  /** Everything, once the program has closed its end. */
  String whole() {
    lock.lock();
    try {
      while (!ended) {
        changed.await();
      }
      return collected.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted", e));
    } finally {
      lock.unlock();
    }
  }

  /** Returns when the text holds a part; fails when it ends without it or takes too long. */
  void await(String part, Duration limit) {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (collected.indexOf(part) < 0) {
        if (ended || left <= 0) {
          throw new AssertionError("'" + part + "' was not said " + (ended ? "at all" : "within " + limit.toSeconds() + " s")
              + "; this was:\n" + collected);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for '" + part + "'", e);
    } finally {
      lock.unlock();
    }
  }
}
