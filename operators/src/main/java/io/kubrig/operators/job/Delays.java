package io.kubrig.operators.job;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The pause before a job makes the next pod after failures: ten seconds after the first, twice as long after each further one in a row,
 * ten minutes at most.
 *
 * @param failures in a row, since the last success
 * @param last when the last one ended
 */
public record Delays(int failures, Instant last) {
  /** No failures. */
  public static final Delays NONE = new Delays(0, Instant.EPOCH);
  private static final Duration FIRST = Duration.ofSeconds(10);
  private static final Duration MAX = Duration.ofMinutes(10);

  /** The record after pods that have ended since. */
  public Delays after(List<Pod> succeeded, List<Pod> failed) {
    List<Instant> failures = failed.stream().map(JobPods::ended).sorted().toList();
    if (succeeded.isEmpty()) {
      return failures.isEmpty() ? this : new Delays(this.failures + failures.size(), failures.getLast());
    }
    Instant success = succeeded.stream().map(JobPods::ended).max(Instant::compareTo).orElseThrow();
    List<Instant> later = failures.stream().filter(time -> time.isAfter(success)).toList();
    return later.isEmpty() ? NONE : new Delays(later.size(), later.getLast());
  }

  /** How long to wait still; zero when not. */
  public Duration remaining(Instant now) {
    return remaining(failures, last, now);
  }

  static Duration remaining(int failures, Instant last, Instant now) {
    if (failures == 0) {
      return Duration.ZERO;
    }
    Duration delay = failures > 6 ? MAX : FIRST.multipliedBy(1L << (failures - 1));
    Duration left = Duration.between(now, last.plus(delay.compareTo(MAX) > 0 ? MAX : delay));
    return left.isNegative() ? Duration.ZERO : left;
  }
}
