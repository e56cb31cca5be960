package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
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
 *   <li>Readers take the current snapshot without a lock. Locks are taken in the order keyspace, then watcher; neither while calling out.
 *   <li>History (changes and old snapshots) is kept for a while and within a budget of bytes, whichever ends first.
 * </ul>
 */
public final class Keyspace {
  private static final Duration HISTORY_AGE = Duration.ofMinutes(5);
  private static final int HISTORY_BYTES = 64 << 20;
  private static final int WATCHER_QUEUE = 4096;

  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private final ArrayDeque<Past> history = new ArrayDeque<>();
  private final Map<String, CopyOnWriteArrayList<Watcher>> watchers = new ConcurrentHashMap<>();
  private long historyBytes;
  private long oldest;
  private volatile Snapshot current;

  /** @param change what made {@code before} the past; its revision is above {@code before}'s */
  private record Past(Instant at, Snapshot before, Change change, long bytes) {}

  /** An empty keyspace, as of a revision. */
  public Keyspace(Clock clock, long revision) {
    this(clock, revision, List.of());
  }

  /** A keyspace with the entries that a storage has read at its start. */
  public Keyspace(Clock clock, long revision, Collection<Entry> entries) {
    this.clock = clock;
    this.current = new Snapshot(revision, sorted(entries));
    this.oldest = revision;
  }

  public long revision() {
    return current.revision();
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
    SortedEntries found = current.entries();
    for (var pasts = history.descendingIterator(); pasts.hasNext(); ) {
      Past past = pasts.next();
      if (past.change().revision() <= revision) {
        break;
      }
      found = past.before().entries();
    }
    return new Snapshot(revision, found);
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
      while (!history.isEmpty() && history.peek().before().revision() < revision) {
        dropOldest();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Watches the keys under a prefix.
   *
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
      for (var past = history.descendingIterator(); past.hasNext(); ) {
        Change change = past.next().change();
        if (change.revision() <= after) {
          break;
        }
        if (change.key().startsWith(prefix)) {
          backlog.add(change);
        }
      }
      Watcher watcher = new Watcher(this, prefix, WATCHER_QUEUE, backlog.reversed(), clock.activity());
      watchers.computeIfAbsent(bucket(prefix), ignored -> new CopyOnWriteArrayList<>()).add(watcher);
      return watcher;
    } finally {
      lock.unlock();
    }
  }

  void forget(Watcher watcher) {
    CopyOnWriteArrayList<Watcher> list = watchers.get(bucket(watcher.prefix()));
    if (list != null) {
      list.remove(watcher);
    }
  }

  /** Makes a committed change visible. For the storage's one committing thread. */
  public void apply(Change change) {
    lock.lock();
    try {
      Snapshot before = current;
      SortedEntries entries =
          change.after() != null ? before.entries().with(change.after()) : before.entries().without(change.key());
      remember(before, change);
      current = new Snapshot(change.revision(), entries);
      for (Watcher watcher : watchers.getOrDefault(bucket(change.key()), NOBODY)) {
        if (change.key().startsWith(watcher.prefix())) {
          watcher.offer(change);
        }
      }
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
      watchers.values().forEach(list -> list.forEach(Watcher::overflow));
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

  private static final CopyOnWriteArrayList<Watcher> NOBODY = new CopyOnWriteArrayList<>();

  private void remember(Snapshot before, Change change) {
    long bytes = 512L + (change.before() == null ? 0 : change.before().size());
    Instant now = clock.now();
    history.add(new Past(now, before, change, bytes));
    historyBytes += bytes;
    Instant horizon = now.minus(HISTORY_AGE);
    while (historyBytes > HISTORY_BYTES || history.peek().at().isBefore(horizon)) {
      dropOldest();
    }
  }

  private void dropOldest() {
    Past past = history.poll();
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
