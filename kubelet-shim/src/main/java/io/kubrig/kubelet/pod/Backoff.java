package io.kubrig.kubelet.pod;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Waiting times that double with every failure of a key, and are forgotten when the key behaved for twice the longest wait.
 * Safe for use by several threads.
 */
public final class Backoff {
  private final Clock clock;
  private final Duration first;
  private final Duration longest;
  private final Map<String, Entry> entries = new HashMap<>();

  private record Entry(Duration delay, Instant since) {}

  public Backoff(Clock clock, Duration first, Duration longest) {
    this.clock = clock;
    this.first = first;
    this.longest = longest;
  }

  /** How long the key still has to wait, counted from an event such as the end of a run; zero or negative when it need not. */
  public synchronized Duration remaining(String key, Instant event) {
    Entry entry = entries.get(key);
    if (entry == null || expired(entry, event)) {
      return Duration.ZERO;
    }
    return entry.delay.minus(Duration.between(event, clock.now()));
  }

  /** As {@link #remaining(String, Instant)}, counted from the last failure. */
  public synchronized Duration remaining(String key) {
    Entry entry = entries.get(key);
    Instant now = clock.now();
    return entry == null || expired(entry, now) ? Duration.ZERO : entry.delay.minus(Duration.between(entry.since, now));
  }

  /** The whole present wait of a key; zero when it has none. */
  public synchronized Duration delay(String key) {
    Entry entry = entries.get(key);
    return entry == null ? Duration.ZERO : entry.delay;
  }

  /** Notes a failure: the next wait is twice as long. */
  public synchronized void failed(String key, Instant event) {
    Entry entry = entries.get(key);
    Duration wait = entry == null || expired(entry, event) ? first : min(entry.delay.multipliedBy(2), longest);
    entries.put(key, new Entry(wait, clock.now()));
  }

  /** Forgets a key. */
  public synchronized void forget(String key) {
    entries.remove(key);
  }

  /** Forgets every key that begins so. */
  public synchronized void forgetAll(String prefix) {
    entries.keySet().removeIf(key -> key.startsWith(prefix));
  }

  private boolean expired(Entry entry, Instant event) {
    return Duration.between(entry.since, event).compareTo(longest.multipliedBy(2)) > 0;
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
