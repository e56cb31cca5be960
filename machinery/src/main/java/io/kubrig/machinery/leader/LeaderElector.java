package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate for a lease: waits until it can take it, renews it while it leads, and ends when it can no longer renew.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>{@link #isLeading} is true only while less than the lease duration has passed since the <em>beginning</em> of the last renewal that
 * succeeded, on this process's monotonic clock. Everyone else waits the lease duration from when they <em>saw</em> that renewal, which is
 *       later. So no two candidates lead at once, whatever their wall clocks say, and also after a process was frozen.
 *   <li>Attempts run one after the other, on timers; nothing blocks while the lock is held except the calls of an attempt itself.
 *   <li>A leader that did not renew within the renew deadline has stopped leading before the lease can pass to another.
 * </ul>
 *
 * <p>Source: the behaviour of client-go's leaderelection, with which it shares leases.
 */
public final class LeaderElector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderElector.class);

  private final LeaseApi api;
  private final ElectionSettings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final LeaderListener listener;
  private final Counter slowPath;

  private final Object attempts = new Object(); // serialises attempts; taken before this
  // guarded by this
  private State state = new Idle();
  private Clock.Timer timer;
  // guarded by attempts
  private LeaseApi.Seen seen = new LeaseApi.Seen(new LeaseRecord("", 0, Instant.EPOCH, Instant.EPOCH, 0), "");
  private long seenNanos;
  private String reported = "";

  /** Where a candidate is. */
  private sealed interface State {}

  private record Idle() implements State {}

  private record Waiting() implements State {}

  /** @param renewedNanos when the last successful renewal began; {@code roundNanos} when the round of attempts that runs now began */
  private record Leading(long renewedNanos, long roundNanos) implements State {}

  private record Ended() implements State {}

  public LeaderElector(
      LeaseApi api, ElectionSettings settings, Clock clock, RandomGenerator random, MeterRegistry metrics, LeaderListener listener) {
    this.api = api;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.listener = listener;
    Gauge.builder("leader_election_master_status", this, elector -> elector.isLeading() ? 1 : 0)
        .description("Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.")
        .tag("name", settings.name())
        .strongReference(true)
        .register(metrics);
    slowPath =
        Counter.builder("leader_election_slowpath_total")
            .description("Total number of slow path exercised in renewing leader leases.")
            .tag("name", settings.name())
            .register(metrics);
  }

  /** Becomes a candidate. Returns at once; the listener hears the rest. */
  public synchronized void start() {
    if (state instanceof Idle) {
      LOG.info("attempting to acquire leader lease {}...", api.describe());
      state = new Waiting();
      timer = clock.after(Duration.ZERO, this::attempt);
    }
  }

  /** Whether this candidate leads now, beyond doubt. */
  public synchronized boolean isLeading() {
    return state instanceof Leading leading && clock.nanos() - leading.renewedNanos < settings.leaseDuration().toNanos();
  }

  /** Whether a leader has failed for so long to renew that something in it is stuck; for the health check {@code leaderElection}. */
  public synchronized boolean isStuck(Duration tolerance) {
    return state instanceof Leading leading
        && clock.nanos() - leading.renewedNanos > settings.leaseDuration().plus(tolerance).toNanos();
  }

  public ElectionSettings settings() {
    return settings;
  }

  private void attempt() {
    synchronized (attempts) {
      switch (current()) {
        case Waiting waiting -> attemptToAcquire();
        case Leading leading -> attemptToRenew(leading);
        case Idle idle -> throw new IllegalStateException("an attempt before the start");
        case Ended ended -> {
          // closed while the timer fired
        }
      }
    }
  }

  private synchronized State current() {
    return state;
  }

  private void attemptToAcquire() {
    long began = clock.nanos();
    boolean won = acquireOrRenew();
    report();
    if (!won) {
      LOG.debug("failed to acquire lease {}", api.describe());
      schedule(jittered());
      return;
    }
    if (enter(new Leading(began, clock.nanos()))) {
      api.event(settings.identity() + " became leader");
      LOG.info("successfully acquired lease {}", api.describe());
      listener.startedLeading();
      schedule(Duration.ZERO);
    }
  }

  private void attemptToRenew(Leading leading) {
    long began = clock.nanos();
    Duration left = settings.renewDeadline().minusNanos(began - leading.roundNanos);
    boolean renewed = left.isPositive() && withinDeadline(left);
    report();
    if (renewed) {
      if (enter(new Leading(began, clock.nanos() + settings.retryPeriod().toNanos()))) {
        schedule(settings.retryPeriod());
      }
      return;
    }
    Duration remaining = settings.renewDeadline().minusNanos(clock.nanos() - leading.roundNanos);
    if (remaining.isPositive()) {
      schedule(remaining.compareTo(settings.retryPeriod()) < 0 ? remaining : settings.retryPeriod());
    } else {
      LOG.error("failed to renew lease {}: context deadline exceeded", api.describe());
      end();
    }
  }

  /** An attempt that is interrupted when the deadline comes. */
  private boolean withinDeadline(Duration left) {
    Thread attempting = Thread.currentThread();
    Clock.Timer deadline = clock.after(left, attempting::interrupt);
    try {
      return acquireOrRenew();
    } finally {
      if (!deadline.cancel()) {
        Thread.interrupted(); // the deadline came: what it asked for is done
      }
    }
  }

  private boolean acquireOrRenew() {
    try {
      return held() ? renew() : askAndTake();
    } catch (LeaseException e) {
      LOG.error("error retrieving or updating resource lock {}: {}", api.describe(), e.getMessage());
      return false;
    }
  }

  private boolean held() {
    return isMine() && seenIsValid();
  }

  private boolean isMine() {
    return seen.lease().holder().equals(settings.identity());
  }

  private boolean seenIsValid() {
    return clock.nanos() - seenNanos < Duration.ofSeconds(seen.lease().durationSeconds()).toNanos();
  }

  /** The common path of a leader: writes upon what it wrote last, and looks only when that fails. */
  private boolean renew() {
    try {
      observe(api.update(seen, mine(seen.lease())));
      return true;
    } catch (LeaseException e) {
      LOG.warn("Failed to update lease optimistically: {}, falling back to slow path", e.getMessage());
      return askAndTake();
    }
  }

  private boolean askAndTake() {
    Optional<LeaseApi.Seen> found = api.read();
    if (found.isEmpty()) {
      Instant now = clock.now();
      observe(api.create(new LeaseRecord(settings.identity(), leaseSeconds(), now, now, 0)));
      return true;
    }
    if (!found.get().equals(seen)) {
      observe(found.get());
    }
    if (!seen.lease().holder().isEmpty() && seenIsValid() && !isMine()) {
      LOG.debug("lock is held by {} and has not yet expired", seen.lease().holder());
      return false;
    }
    if (isMine()) {
      slowPath.increment();
    }
    observe(api.update(seen, mine(seen.lease())));
    return true;
  }

  /** What this candidate writes over an earlier record: its own term goes on, anybody else's ends. */
  private LeaseRecord mine(LeaseRecord earlier) {
    Instant now = clock.now();
    boolean goesOn = earlier.holder().equals(settings.identity());
    return new LeaseRecord(
        settings.identity(),
        leaseSeconds(),
        goesOn ? earlier.acquired() : now,
        now,
        goesOn ? earlier.transitions() : earlier.transitions() + 1);
  }

  private int leaseSeconds() {
    return (int) settings.leaseDuration().toSeconds();
  }

  private void observe(LeaseApi.Seen now) {
    seen = now;
    seenNanos = clock.nanos();
  }

  private void report() {
    String holder = seen.lease().holder();
    if (!holder.equals(reported)) {
      reported = holder;
      listener.newLeader(holder);
    }
  }

  private Duration jittered() {
    long nanos = settings.retryPeriod().toNanos();
    return Duration.ofNanos(nanos + (long) (random.nextDouble() * ElectionSettings.JITTER * nanos));
  }

  /** Moves on unless the candidate was closed meanwhile. */
  private synchronized boolean enter(State next) {
    if (state instanceof Ended) {
      return false;
    }
    state = next;
    return true;
  }

  private synchronized void schedule(Duration delay) {
    if (!(state instanceof Ended)) {
      timer = clock.after(delay, this::attempt);
    }
  }

  /** Stops leading or waiting, and hands the lease back when it is held and the settings say so. */
  private void end() {
    State before;
    synchronized (this) {
      before = state;
      state = new Ended();
      if (timer != null) {
        timer.cancel();
      }
    }
    if (before instanceof Leading) {
      listener.stoppedLeading();
      release();
      api.event(settings.identity() + " stopped leading");
    }
  }

  private void release() {
    if (!settings.releaseOnClose() || !isMine()) {
      return;
    }
    Instant now = clock.now();
    try {
      observe(api.update(seen, new LeaseRecord("", 1, now, now, seen.lease().transitions())));
    } catch (LeaseException e) {
      LOG.error("Failed to release lock: {}", e.getMessage());
    }
  }

  /** Ends the candidacy; a leader first stops leading, then hands the lease back. */
  @Override
  public void close() {
    synchronized (attempts) {
      if (!(current() instanceof Ended)) {
        end();
      }
    }
  }
}
