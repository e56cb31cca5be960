package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * All keys of a storage, in memory, at every revision that has not aged out.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>Changes are applied by one writer at a time, in the order of their revisions; the current snapshot is replaced, never changed.
 *   <li>A watcher is registered and given its backlog in one step with respect to changes: it misses none and sees none twice.
 * <li>Readers take the current snapshot without a lock; a change is in it before a watcher can see it. Nothing is called out with the lock
 * held.
 *   <li>History (changes and old snapshots) is kept for a while and within a budget of bytes, whichever ends first.
 * </ul>
 */
public final class Keyspace {
  private static final Duration HISTORY_AGE = Duration.ofMinutes(5);
  private static final int HISTORY_BYTES = 64 << 20;

  /** How many changes keep what has been encoded of them for watchers; who is further behind has it encoded again. */
  private static final int ENCODED_CHANGES = 512;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final History history = new History();
  private final Map<String, Feed> feeds = new ConcurrentHashMap<>();
  private long historyBytes;
  private long oldest;
  private volatile Snapshot current;

  /** Behind {@code current} until the feeds have what led to it. */
  private volatile long applied;

  /** An empty keyspace, as of a revision. */
  public Keyspace(Clock clock, long revision) {
    this(clock, revision, List.of());
  }

  /** A keyspace with the entries that a storage has read at its start. */
  public Keyspace(Clock clock, long revision, Collection<Entry> entries) {
    this.clock = clock;
    this.current = new Snapshot(revision, sorted(entries));
    this.oldest = revision;
    this.applied = revision;
  }

  /** A keyspace that begins with a state, without its past. */
  Keyspace(Clock clock, Snapshot state) {
    this.clock = clock;
    this.current = state;
    this.oldest = state.revision();
    this.applied = state.revision();
  }

  public long revision() {
    return current.revision();
  }

  /** The revision up to which every change is in the feeds of its watchers. */
  long applied() {
    return applied;
  }

  public Snapshot current() {
    return current;
  }

  /**
   * The state as of a revision. A revision that is not reached yet is waited for.
   *
   * @throws CompactedException when it has aged out
   */
  public Snapshot at(long revision, Duration patience) throws CompactedException, InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (current.revision() < revision && left > 0) {
        left = advanced.awaitNanos(left);
      }
      if (revision >= current.revision()) {
        return current;
      }
      if (revision < oldest) {
        throw new CompactedException(oldest);
      }
      return before(revision);
    } finally {
      lock.unlock();
    }
  }

  /** The state before the first change after a revision. Not every revision has a change. */
  private Snapshot before(long revision) {
    int next = history.after(revision);
    return new Snapshot(revision, next == history.size() ? current.entries() : history.at(next).before());
  }

  /** The oldest revision that can still be read or watched from. */
  public long oldest() {
    lock.lock();
    try {
      return oldest;
    } finally {
      lock.unlock();
    }
  }

  /** Forgets the past before a revision. */
  public void compact(long revision) {
    lock.lock();
    try {
      while (history.size() > 0 && history.at(0).change().revision() <= revision) {
        dropOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Watches the keys under a prefix.
   *
   * @param prefix of at least one part after the root: {@code /registry/pods/}
   * @param after changes with a greater revision are delivered
   * @throws CompactedException when changes after that revision have aged out
   */
  public Watcher watch(String prefix, long after) throws CompactedException {
    lock.lock();
    try {
      if (after < oldest) {
        throw new CompactedException(oldest);
      }
      List<Change> backlog = new ArrayList<>();
      for (int i = history.after(after); i < history.size(); i++) {
        Change change = history.at(i).change();
        if (change.key().startsWith(prefix)) {
          backlog.add(change);
        }
      }
      Feed feed = feeds.computeIfAbsent(bucket(prefix), ignored -> new Feed(clock.activity()));
      Watcher watcher = new Watcher(this, feed, prefix, after, backlog, clock.activity());
      feed.add(watcher);
      return watcher;
    } finally {
      lock.unlock();
    }
  }

  /** Makes a committed change visible. For the storage's one committing thread. */
  public void apply(Change change) {
    lock.lock();
    try {
      Snapshot before = current;
      SortedEntries entries =
          change.after() != null ? before.entries().with(change.after()) : before.entries().without(change.key());
      remember(before.entries(), change);
      current = new Snapshot(change.revision(), entries);
      Feed feed = feeds.get(bucket(change.key()));
      if (feed != null) {
        feed.append(change);
      }
      applied = change.revision();
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** A revision has been reached that changed no key of this space. */
  public void advance(long revision) {
    lock.lock();
    try {
      if (revision > current.revision()) {
        current = new Snapshot(revision, current.entries());
        applied = revision;
        advanced.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Begins anew with a state that was read at a revision, because the changes that led to it are gone: all watchers have to list again. */
  public void reset(long revision, Collection<Entry> entries) {
    SortedEntries sorted = sorted(entries);
    lock.lock();
    try {
      history.clear();
      historyBytes = 0;
      oldest = revision;
      current = new Snapshot(revision, sorted);
      feeds.values().forEach(Feed::overflow);
      applied = revision;
      advanced.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static SortedEntries sorted(Collection<Entry> entries) {
    SortedEntries sorted = SortedEntries.EMPTY;
    for (Entry entry : entries) {
      sorted = sorted.with(entry);
    }
    return sorted;
  }

  private void remember(SortedEntries before, Change change) {
    long bytes = 512L + (change.before() == null ? 0 : change.before().size());
    Instant now = clock.now();
    history.add(new History.Past(now, before, change, bytes));
    historyBytes += bytes;
    Instant horizon = now.minus(HISTORY_AGE);
    while (historyBytes > HISTORY_BYTES || history.at(0).at().isBefore(horizon)) {
      dropOldest();
    }
    if (history.size() > ENCODED_CHANGES) {
      history.at(history.size() - 1 - ENCODED_CHANGES).change().forgetEncodings();
    }
  }

  private void dropOldest() {
    History.Past past = history.removeOldest();
    historyBytes -= past.bytes();
    oldest = past.change().revision();
  }

  /** Watchers are kept by the first part of the key after the root: {@code /registry/pods/…} gives pods. */
  private static String bucket(String key) {
    int start = key.indexOf('/', 1) + 1;
    int end = key.indexOf('/', start);
    return end < 0 ? key.substring(start) : key.substring(start, end);
  }
}
