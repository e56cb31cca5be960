package io.kubrig.operators.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one controller is waiting for, as its loop knows it.
 *
 * @param queued keys that wait for a worker, and for how long they have
 * @param running keys that are being processed, and for how long they have been
 * @param retries keys that failed and are tried again, the soonest first
 * @param later keys that did not fail and are looked at again at a known time, the soonest first
 */
public record WaitingView(Map<Key, Duration> queued, Map<Key, Duration> running, List<Retry> retries, List<Later> later) {
  public WaitingView {
    queued = Map.copyOf(queued);
    running = Map.copyOf(running);
    retries = retries.stream().sorted(Comparator.comparing((Retry retry) -> retry.next().orElse(Instant.MIN)).thenComparing(Retry::key))
        .toList();
    later = later.stream().sorted(Comparator.comparing(Later::at).thenComparing(Later::key)).toList();
  }

  /**
   * Failures of a key in a row.
   *
   * @param error what the last one said
   * @param at when it was
   */
  public record Failure(int times, String error, Instant at) {}

  /** A key that failed. @param next when it is tried again; empty: it waits for a worker, or is being tried */
  public record Retry(Key key, Failure failure, Optional<Instant> next) {}

  /** A key that was put off. */
  public record Later(Key key, Instant at, String reason) {}
}
