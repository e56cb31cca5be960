package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one candidate knows of the lease, and its attempts to take or renew it. For one thread at a time.
 *
 * <p>A write goes over the version that was seen, or not at all; a lease that was deleted while somebody held it is waited for as if it
 * were there. So a term that somebody else may still be in is never cut short.
 */
final class LeaseClaim {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseClaim.class);

  private final LeaseApi api;
  private final ElectionSettings settings;
  private final Clock clock;
  private final Counter slowPath;
  private Observation observed = Observation.NOTHING;
  private long endNanos; // of the attempt under way

  /** What an attempt came to. */
  enum Outcome {
    /** The lease was written in this candidate's name. */
    OURS,
    /** Somebody else has it and may keep it for now. */
    HELD,
    /** The API did not answer in time, or refused. */
    FAILED
  }

  LeaseClaim(LeaseApi api, ElectionSettings settings, Clock clock, Counter slowPath) {
    this.api = api;
    this.settings = settings;
    this.clock = clock;
    this.slowPath = slowPath;
  }

  Observation observed() {
    return observed;
  }

  /** Takes note of what was seen at a time on the clock. */
  void saw(LeaseApi.Seen seen, long nanos) {
    observed = observed.next(seen, nanos);
  }

  boolean isMine() {
    return observed.isOf(settings.identity());
  }

  boolean isFree() {
    return observed.isFreeFor(settings.identity(), clock.nanos());
  }

  /** Takes or renews the lease if it may be, in a limited time. */
  Outcome attempt(Duration limit) {
    endNanos = clock.nanos() + limit.toNanos();
    try {
      return observed.isOfSomething() && isFree() ? write() : askAndWrite();
    } catch (LeaseException e) {
      LOG.error("error retrieving or updating resource lock {}: {}", api.describe(), e.getMessage());
      return Outcome.FAILED;
    }
  }

  /** The common path: writes over what was seen last, and looks only when that fails. */
  private Outcome write() {
    try {
      return update();
    } catch (LeaseException e) {
      if (isMine()) {
        LOG.warn("Failed to update lease optimistically: {}, falling back to slow path", e.getMessage());
      }
      return askAndWrite();
    }
  }

  private Outcome askAndWrite() {
    Optional<LeaseApi.Seen> found = request(api::read);
    found.ifPresent(seen -> saw(seen, clock.nanos()));
    if (!isFree()) {
      LOG.debug("lock is held by {} and has not yet expired", observed.lease().holder());
      return Outcome.HELD;
    }
    if (found.isEmpty()) {
      Instant now = clock.now();
      LeaseRecord first = new LeaseRecord(settings.identity(), settings.leaseSeconds(), now, now, 0);
      saw(request(() -> api.create(first)), clock.nanos());
      return Outcome.OURS;
    }
    if (isMine()) {
      slowPath.increment();
    }
    return update();
  }

  private Outcome update() {
    LeaseApi.Seen before = observed.seen();
    saw(request(() -> api.update(before, mine(before.lease()))), clock.nanos());
    return Outcome.OURS;
  }

  /** What this candidate writes over an earlier record: its own term goes on, anybody else's ends. */
  private LeaseRecord mine(LeaseRecord earlier) {
    Instant now = clock.now();
    boolean goesOn = earlier.holder().equals(settings.identity());
    return new LeaseRecord(settings.identity(), settings.leaseSeconds(), goesOn ? earlier.acquired() : now, now,
        goesOn ? earlier.transitions() : earlier.transitions() + 1);
  }

  /** Hands the lease back. */
  void release() {
    endNanos = clock.nanos() + settings.patience().toNanos();
    Instant now = clock.now();
    LeaseApi.Seen before = observed.seen();
    try {
      saw(request(() -> api.update(before, new LeaseRecord("", 1, now, now, before.lease().transitions()))), clock.nanos());
    } catch (LeaseException e) {
      LOG.error("Failed to release lock: {}", e.getMessage());
    }
  }

  private <T> T request(Supplier<T> call) {
    Duration left = Duration.ofNanos(endNanos - clock.nanos());
    if (!left.isPositive()) {
      throw new LeaseException("context deadline exceeded", null);
    }
    Duration patience = settings.patience();
    try (Deadline deadline = new Deadline(clock, left.compareTo(patience) < 0 ? left : patience)) {
      return call.get();
    }
  }
}
