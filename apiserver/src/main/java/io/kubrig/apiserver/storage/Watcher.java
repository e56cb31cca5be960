package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Activity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The changes under one prefix from one revision on, in order, without gaps, each once. Read by one thread.
 *
 * <p>Writers never wait for a reader: one that falls too far behind is told {@link Next.Overflow} and has to list again.
 *
 * <p>A watcher is {@link Activity} from its beginning, and from a change on, until its reader has dealt with all there is and waits for
 * more.
 */
public final class Watcher implements AutoCloseable {
  private final Keyspace keyspace;
  private final Feed feed;
  private final String prefix;
  private final long after;
  private final Activity activity;
  private final ArrayDeque<Change> backlog; // the reader's own

  /** The last link that was looked at. Moved by the reader; to the end by whoever takes the place away. */
  private volatile Feed.Link place;

  private volatile Thread waiting;
  private volatile boolean overflow;
  private volatile boolean closed;
  private volatile boolean nudged;

  // guarded by this; only where activity is counted
  private Activity.Work work; // null while the reader waits for a change
  private long announced; // number of the last link that began work

  /** @param after changes with a greater revision are delivered */
  Watcher(Keyspace keyspace, Feed feed, String prefix, long after, List<Change> backlog, Activity activity) {
    this.keyspace = keyspace;
    this.feed = feed;
    this.prefix = prefix;
    this.after = after;
    this.activity = activity;
    this.backlog = new ArrayDeque<>(backlog);
    this.place = feed.last();
    this.work = activity.begin(prefix);
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

  /** Waits for the next change, at most for a time or until somebody nudges. */
  public Next next(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (closed) {
        return new Next.Closed();
      }
      Optional<Change> change = poll();
      if (change.isPresent()) {
        return new Next.Changed(change.get());
      }
      if (overflow) {
        return new Next.Overflow();
      }
      rest();
      long left = end - System.nanoTime();
      if (left <= 0 || nudged) {
        nudged = false;
        return idle();
      }
      await(left);
    }
  }

  /** Has the reader look up from its waiting, now or when it next waits. Any thread. */
  public void nudge() {
    nudged = true;
    LockSupport.unpark(waiting);
  }

  /** The next change if it is there already. */
  public Optional<Change> poll() {
    if (overflow || closed) {
      return Optional.empty();
    }
    if (!backlog.isEmpty()) {
      return Optional.of(backlog.poll());
    }
    Feed.Link from = place;
    for (Feed.Link link = from.next; link != null; link = link.next) {
      if (concerns(link.change)) {
        return behind(link) ? Optional.empty() : Optional.of(link.change);
      }
      place = link;
    }
    return Optional.empty();
  }

  /** Takes a link; answers whether that was too late, so that a reader sees the overflow at the same place whoever notices it. */
  private boolean behind(Feed.Link link) {
    if (feed.last().number - link.number > Feed.CAPACITY) {
      overflow();
      return true;
    }
    place = link;
    return overflow;
  }

  private boolean concerns(Change change) {
    return change.revision() > after && change.key().startsWith(prefix);
  }

  private void await(long nanos) {
    waiting = Thread.currentThread();
    if (place.next == null && !overflow && !closed && !nudged) {
      LockSupport.parkNanos(this, nanos);
    }
    waiting = null;
  }

  /** The revision is read first: what was applied up to it is in the feed. What has been handed out may be ahead of it for a moment. */
  private Next idle() {
    long revision = keyspace.applied();
    Optional<Change> change = poll();
    if (change.isPresent()) {
      return new Next.Changed(change.get());
    }
    Change latest = place.change;
    return overflow ? new Next.Overflow() : new Next.Idle(latest == null ? revision : Math.max(revision, latest.revision()));
  }

  // ---- called by the feed --------------------------------------------------------------------------------------------

  /**
   * Wakes the reader if it waits and there is something for it.
   *
   * @param newest number of the last link
   * @param skip how many links may be left to a reader that they do not concern
   * @param capacity how many it may be behind at all
   */
  void wakeIfDue(long newest, int skip, int capacity) {
    Feed.Link at = place;
    Thread reader = waiting;
    if (newest - at.number > capacity && reader == null) {
      overflow();
    } else if (reader != null && (newest - at.number > skip || anyFrom(at.next))) {
      LockSupport.unpark(reader);
    }
  }

  private boolean anyFrom(Feed.Link first) {
    for (Feed.Link link = first; link != null; link = link.next) {
      if (concerns(link.change)) {
        return true;
      }
    }
    return false;
  }

  /** Takes the place away: the reader is too slow, or the past that it would have to see is gone. */
  void overflow() {
    overflow = true;
    place = feed.last();
    LockSupport.unpark(waiting);
  }

  // ---- activity ------------------------------------------------------------------------------------------------------

  /** A change is about to be linked in. */
  void announce(Feed.Link link) {
    if (concerns(link.change)) {
      synchronized (this) {
        announced = link.number;
        if (work == null && !closed) {
          work = activity.begin(prefix);
        }
      }
    }
  }

  /** The reader has nothing to do, unless something has been announced that it has not seen yet. */
  private void rest() {
    if (activity != Activity.NONE) {
      synchronized (this) {
        if (place.number >= announced) {
          endWork();
        }
      }
    }
  }

  private void endWork() {
    if (work != null) {
      work.close();
      work = null;
    }
  }

  @Override
  public void close() {
    feed.remove(this);
    synchronized (this) {
      closed = true;
      endWork();
    }
    LockSupport.unpark(waiting);
  }
}
