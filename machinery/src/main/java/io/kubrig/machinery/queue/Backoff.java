package io.kubrig.machinery.queue;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long a key waits before it is tried again: per key {@code base · 2^failures} up to a maximum, and for all keys together a bucket
 * of permits; the longer of the two.
 */
public final class Backoff<K> {
  private final Map<K, Integer> failures = new ConcurrentHashMap<>();
  private final Duration base;
  private final Duration max;
  private final TokenBucket bucket;

  public Backoff(Duration base, Duration max, TokenBucket bucket) {
    this.base = base;
    this.max = max;
    this.bucket = bucket;
  }

  /** The native controllers' default: 5 ms doubling to 1000 s per key, 10 per second with a burst of 100 for all. */
  public static <K> Backoff<K> controllerDefault(Clock clock) {
    return new Backoff<>(Duration.ofMillis(5), Duration.ofSeconds(1000), new TokenBucket(clock, 10, 100));
  }

  /** Counts one failure of the key and returns how long to wait. */
  public Duration next(K key) {
    int earlier = failures.merge(key, 1, Integer::sum) - 1;
    Duration own = delay(earlier);
    Duration shared = bucket.reserve();
    return own.compareTo(shared) > 0 ? own : shared;
  }

  private Duration delay(int earlier) {
    double nanos = base.toNanos() * Math.pow(2, earlier);
    return nanos >= max.toNanos() ? max : Duration.ofNanos((long) nanos);
  }

  /** Forgets the key's failures: it succeeded, or was given up. */
  public void forget(K key) {
    failures.remove(key);
  }

  /** How often the key failed since it was last forgotten. */
  public int failures(K key) {
    return failures.getOrDefault(key, 0);
  }
}
