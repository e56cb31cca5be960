package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Activity;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The changes of one resource on their way to its watchers: a list that grows at its end, in which every watcher has a place of its own.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>Whoever commits only links a change in, however many watchers there are; they take it from the list by themselves, without a lock.
 *   <li>Where there are many watchers, those that wait are woken by a thread of their own. Whatever arrives while it runs is seen to by
 *       the same or the next run, so that a busy feed wakes nobody in vain.
 *   <li>The list is kept alive by the places in it alone. A watcher that is too far behind loses its place ({@link Watcher#overflow}), so
 *       that a reader that never comes back holds on to nothing.
 * </ul>
 */
final class Feed {
  /** Changes of the resource that a watcher may be behind. */
  static final int CAPACITY = 4096;

  /** A watcher that sees only some of the keys is made to skip the others now and then, lest it seem to be behind. */
  private static final int SKIP = CAPACITY / 4;

  private static final int WOKEN_BY_THE_WRITER = 4;

  /** A change in the list. */
  static final class Link {
    final Change change;
    final long number;
    volatile Link next;

    Link(Change change, long number) {
      this.change = change;
      this.number = number;
    }
  }

  private final CopyOnWriteArrayList<Watcher> watchers = new CopyOnWriteArrayList<>();
  private final AtomicBoolean waking = new AtomicBoolean();
  private final Activity activity;
  private volatile Link last = new Link(null, 0);

  Feed(Activity activity) {
    this.activity = activity;
  }

  /** The end of the list: what is linked in from now on comes after it. */
  Link last() {
    return last;
  }

  void add(Watcher watcher) {
    watchers.add(watcher);
  }

  void remove(Watcher watcher) {
    watchers.remove(watcher);
  }

  /** Links a change in. For one thread at a time. */
  void append(Change change) {
    Link link = new Link(change, last.number + 1);
    if (activity != Activity.NONE) {
      watchers.forEach(watcher -> watcher.announce(link)); // before anybody can have dealt with it
    }
    Link before = last;
    last = link;
    before.next = link;
    int count = watchers.size();
    if (count == 0) {
      return;
    }
    if (count <= WOKEN_BY_THE_WRITER) {
      wake();
    } else if (waking.compareAndSet(false, true)) {
      Thread.ofVirtual().name("fan-out").start(this::wakeOnce);
    }
  }

  private void wakeOnce() {
    waking.set(false); // what is linked in from here on starts another run
    wake();
  }

  private void wake() {
    long newest = last.number;
    for (Watcher watcher : watchers) {
      watcher.wakeIfDue(newest, SKIP, CAPACITY);
    }
  }

  void overflow() {
    watchers.forEach(Watcher::overflow);
  }
}
