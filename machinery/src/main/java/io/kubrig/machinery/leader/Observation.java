package io.kubrig.machinery.leader;

import java.time.Duration;
import java.time.Instant;

/**
 * A lease as one candidate has observed it. Times of the record are its holder's and only told; what counts is when this candidate saw it.
 *
 * @param seen what was seen last; before anything was, a lease that nobody holds, of an empty version
 * @param nanos when it was seen first, on the candidate's monotonic clock
 */
record Observation(LeaseApi.Seen seen, long nanos) {
  static final Observation NOTHING = new Observation(new LeaseApi.Seen(new LeaseRecord("", 0, Instant.EPOCH, Instant.EPOCH, 0), ""), 0);

  /** This observation, or the later one where something was written since. */
  Observation next(LeaseApi.Seen now, long nowNanos) {
    return now.equals(seen) ? this : new Observation(now, nowNanos);
  }

  LeaseRecord lease() {
    return seen.lease();
  }

  boolean isOf(String identity) {
    return lease().holder().equals(identity);
  }

  /** How long others than the holder have to wait from now on: zero or less when it did not renew for as long as it said. */
  Duration left(long nowNanos) {
    return Duration.ofSeconds(lease().durationSeconds()).minusNanos(nowNanos - nanos);
  }

  /** Whether a candidate may write over what it saw. */
  boolean isFreeFor(String identity, long nowNanos) {
    return lease().holder().isEmpty() || isOf(identity) || !left(nowNanos).isPositive();
  }

  /** Whether there is a version to write over. */
  boolean isOfSomething() {
    return !seen.version().isEmpty();
  }
}
