package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;

/** A candidate that goes about it as native ones do: it polls, with jitter, and leads until it could not renew for the renew deadline. */
final class NativeCandidate {
  private static final Duration LEASE = Duration.ofSeconds(15);
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration RETRY = Duration.ofSeconds(2);

  private final String name;
  private final Clock clock;
  private final Random random;
  final FakeLease.Connection connection;
  private LeaseApi.Seen observed;
  private long observedNanos;
  private long roundNanos;
  private boolean leads;

  NativeCandidate(String name, FakeLease lease, Clock clock, long seed) {
    this.name = name;
    this.clock = clock;
    this.random = new Random(seed);
    this.connection = lease.connect(clock);
    clock.after(Duration.ZERO, this::acquire);
  }

  boolean isLeading() {
    return leads && clock.nanos() - roundNanos < DEADLINE.toNanos();
  }

  private void acquire() {
    if (tryAcquireOrRenew()) {
      leads = true;
      roundNanos = clock.nanos();
      renew();
    } else {
      clock.after(Duration.ofNanos((long) (RETRY.toNanos() * (1 + 1.2 * random.nextDouble()))), this::acquire);
    }
  }

  private void renew() {
    boolean renewed = isLeading() && tryAcquireOrRenew();
    if (renewed) {
      roundNanos = clock.nanos() + RETRY.toNanos();
    }
    leads = renewed || isLeading();
    clock.after(RETRY, leads ? this::renew : this::acquire);
  }

  private boolean tryAcquireOrRenew() {
    Instant now = clock.now();
    try {
      Optional<LeaseApi.Seen> found = connection.read();
      if (found.isEmpty()) {
        observe(connection.create(new LeaseRecord(name, 15, now, now, 0)));
        return true;
      }
      if (observed == null || !observed.lease().equals(found.get().lease())) {
        observe(found.get());
      }
      LeaseRecord held = observed.lease();
      boolean mine = held.holder().equals(name);
      if (!held.holder().isEmpty() && !mine && clock.nanos() - observedNanos < Duration.ofSeconds(held.durationSeconds()).toNanos()) {
        return false;
      }
      observe(connection.update(found.get(), new LeaseRecord(name, (int) LEASE.toSeconds(), mine ? held.acquired() : now, now,
          mine ? held.transitions() : held.transitions() + 1)));
      return true;
    } catch (LeaseException e) {
      return false;
    }
  }

  private void observe(LeaseApi.Seen seen) {
    observed = seen;
    observedNanos = clock.nanos();
  }
}
