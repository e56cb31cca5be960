package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Activity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The changes under one prefix from one revision on, in order, without gaps, each once.
 *
 * <p>The queue is bounded: a reader that falls behind is told {@link Next.Overflow} and has to list again; writers never wait for it.
 *
 * <p>A watcher is {@link Activity} from its beginning, and from a change on, until its reader has dealt with all there is and waits for more.
 */
public final class Watcher implements AutoCloseable {
  private final Keyspace keyspace;
  private final String prefix;
  private final int capacity;
  private final Activity activity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Change> queue = new ArrayDeque<>();
  private Activity.Work work; // null while the reader waits for a change
  private long progress;
  private boolean overflow;
  private boolean closed;

  Watcher(Keyspace keyspace, String prefix, int capacity, List<Change> backlog, Activity activity) {
    this.keyspace = keyspace;
    this.prefix = prefix;
    this.capacity = capacity;
    this.activity = activity;
    this.progress = keyspace.revision();
    this.work = activity.begin(prefix);
    queue.addAll(backlog);
  }

  /** What a reader finds. */
  public sealed interface Next {
    record Changed(Change change) implements Next {}

    /** Nothing came in time; every change up to this revision has been handed out. */
    record Idle(long revision) implements Next {}

    /** The reader was too slow: changes have been dropped. */
    record Overflow() implements Next {}

    record Closed() implements Next {}
  }

  String prefix() {
    return prefix;
  }

  /** Called by the keyspace, in the order of revisions. */
  void offer(Change change) {
    lock.lock();
    try {
      progress = change.revision();
      if (overflow || closed) {
        return;
      }
      if (queue.size() >= capacity) {
        overflow = true;
        queue.clear();
      } else {
        queue.add(change);
      }
      if (work == null) {
        work = activity.begin(prefix);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Called by the keyspace when the changes that would come next are lost. */
  void overflow() {
    lock.lock();
    try {
      overflow = true;
      queue.clear();
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Waits for the next change, at most for a time. For one reading thread. */
  public Next next(Duration patience) throws InterruptedException {
    long left = patience.toNanos();
    lock.lockInterruptibly();
    try {
      while (queue.isEmpty() && !overflow && !closed && left > 0) {
        rest();
        left = arrived.awaitNanos(left);
      }
      if (closed) {
        return new Next.Closed();
      }
      if (overflow) {
        return new Next.Overflow();
      }
      Change change = queue.poll();
      if (change != null) {
        return new Next.Changed(change);
      }
    } finally {
      lock.unlock();
    }
    return idle();
  }

  /** The keyspace's lock comes before a watcher's: the revision is read first, then whether something came meanwhile. */
  private Next idle() {
    long revision = keyspace.revision();
    lock.lock();
    try {
      if (overflow) {
        return new Next.Overflow();
      }
      Change change = queue.poll();
      return change != null ? new Next.Changed(change) : new Next.Idle(Math.max(revision, progress));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    keyspace.forget(this);
    lock.lock();
    try {
      closed = true;
      queue.clear();
      rest();
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void rest() {
    if (work != null) {
      work.close();
      work = null;
    }
  }
}
