package io.kubrig.machinery.queue;

import io.kubrig.machinery.clock.Activity;
import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Keys that need work, in the order they came.
 *
 * <p>Invariants, all under one lock:
 *
 * <ul>
 *   <li>a key waits at most once, however often it is added;
 *   <li>a key that is being worked on is handed to nobody else; when it is added meanwhile it waits again after {@link #done};
 *   <li>a key added with a delay waits for its earliest time only;
 *   <li>after {@link #shutDown} nothing is added, and {@link #take} drains what waits, then returns empty.
 * </ul>
 */
public final class WorkQueue<K> {
  private final String name;
  private final Clock clock;
  private final Backoff<K> backoff;
  private final QueueMetrics<K> metrics;

  // all guarded by this
  private final Queue<K> waiting = new ArrayDeque<>();
  private final Set<K> dirty = new HashSet<>();
  private final Set<K> working = new HashSet<>();
  private final Map<K, Delayed> delayed = new HashMap<>();
  private final Map<K, Activity.Work> open = new HashMap<>(); // of the keys that wait or are being worked on
  private boolean shutDown;

  /**
   * @param name the label of the queue's metrics, such as {@code deployment}
   */
  public WorkQueue(String name, Clock clock, MeterRegistry registry, Backoff<K> backoff) {
    this.name = name;
    this.clock = clock;
    this.backoff = backoff;
    this.metrics = new QueueMetrics<>(name, clock, registry);
  }

  /** Adds a key now. */
  public synchronized void add(K key) {
    if (shutDown || !dirty.add(key)) {
      return;
    }
    cancelDelay(key);
    metrics.added(key);
    if (!working.contains(key)) {
      enqueue(key);
    }
  }

  /** Adds a key after a delay, unless it is due earlier already. Zero or less adds it now. */
  public synchronized void addAfter(K key, Duration delay) {
    if (shutDown) {
      return;
    }
    if (!delay.isPositive()) {
      add(key);
      return;
    }
    Instant due = clock.now().plus(delay);
    Delayed earlier = delayed.get(key);
    if (earlier != null && !earlier.due.isAfter(due)) {
      return;
    }
    cancelDelay(key);
    delayed.put(key, new Delayed(due, clock.after(delay, () -> ripen(key, due))));
  }

  /** Adds a key after its back-off: use it when work on the key failed. */
  public void addRateLimited(K key) {
    metrics.retried();
    addAfter(key, backoff.next(key));
  }

  /** Forgets the failures of a key: use it when work on the key succeeded. */
  public void forget(K key) {
    backoff.forget(key);
  }

  /** How often work on the key failed in a row. */
  public int failures(K key) {
    return backoff.failures(key);
  }

  /** Waits for a key and takes it to work on; call {@link #done} afterwards in any case. Empty after shut-down. */
  public synchronized Optional<K> take() throws InterruptedException {
    while (waiting.isEmpty() && !shutDown) {
      wait();
    }
    return poll();
  }

  /** Takes a key when one waits now. */
  public synchronized Optional<K> poll() {
    K key = waiting.poll();
    if (key == null) {
      return Optional.empty();
    }
    working.add(key);
    dirty.remove(key);
    metrics.started(key, waiting.size());
    return Optional.of(key);
  }

  /** Ends the work on a key; it waits again when it was added meanwhile. */
  public synchronized void done(K key) {
    working.remove(key);
    metrics.finished(key);
    if (dirty.contains(key)) {
      enqueue(key);
      return;
    }
    Activity.Work ended = open.remove(key);
    if (ended != null) {
      ended.close();
    }
    if (working.isEmpty()) {
      notifyAll();
    }
  }

  /** How many keys wait, without the delayed ones. */
  public synchronized int depth() {
    return waiting.size();
  }

  /** Whether nothing waits, is delayed or is being worked on. */
  public synchronized boolean isIdle() {
    return waiting.isEmpty() && working.isEmpty() && delayed.isEmpty();
  }

  /** Refuses new keys, drops the delayed ones and lets the workers finish. */
  public synchronized void shutDown() {
    shutDown = true;
    delayed.values().forEach(entry -> entry.timer.cancel());
    delayed.clear();
    open.values().forEach(Activity.Work::close);
    open.clear();
    notifyAll();
  }

  private void enqueue(K key) {
    waiting.add(key);
    open.computeIfAbsent(key, k -> clock.activity().begin(name));
    metrics.depth(waiting.size());
    notifyAll();
  }

  private synchronized void ripen(K key, Instant due) {
    Delayed entry = delayed.get(key);
    if (entry != null && entry.due.equals(due)) {
      delayed.remove(key);
      add(key);
    }
  }

  private void cancelDelay(K key) {
    Delayed entry = delayed.remove(key);
    if (entry != null) {
      entry.timer.cancel();
    }
  }

  private record Delayed(Instant due, Clock.Timer timer) {}
}
