package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One candidate for a lease: waits until it can take it, renews it while it leads, and ends when it can no longer renew.
 *
 * <p>Invariants:
 *
 * <ul>
 *   <li>{@link #isLeading} is true only while less than the lease duration has passed since the <em>beginning</em> of the last renewal
 *       that succeeded, on this process's monotonic clock. Everyone else waits the lease duration from when they <em>saw</em> that
 *       renewal, which is later. So no two candidates lead at once, whatever their wall clocks say, and also after a process was frozen.
 *   <li>A candidate that waits watches the lease, sees every renewal when it is made, and tries at the very moment at which the last one
 *       is as old as the lease lasts: it leads that much after the renewal, not a poll later. When it hears nothing, or may not watch, it
 *       looks now and then.
 *   <li>Attempts run one after the other, on timers; nothing blocks while the lock is held except the calls of an attempt itself.
 *   <li>A leader that did not renew within the renew deadline, or sees that another one holds the lease, has stopped leading before the
 *       lease can pass to another.
 * </ul>
 *
 * <p>Source: the behaviour of client-go's leaderelection, with which it shares leases; docs/adr/0016 says where it differs and why.
 */
public final class LeaderElector implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderElector.class);

  private final LeaseApi api;
  private final ElectionSettings settings;
  private final Clock clock;
  private final RandomGenerator random;
  private final LeaderListener listener;

  private final Object attempts = new Object(); // serialises attempts and what the watch tells; taken before this
  // guarded by this
  private State state = new Idle();
  private Clock.Timer timer;
  // guarded by attempts
  private final LeaseClaim claim;
  private final LeaseFollower follower;
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
    Counter slowPath =
        Counter.builder("leader_election_slowpath_total")
            .description("Total number of slow path exercised in renewing leader leases.")
            .tag("name", settings.name())
            .register(metrics);
    claim = new LeaseClaim(api, settings, clock, slowPath);
    follower = new LeaseFollower(api, clock, settings.retryPeriod(), new Heard());
  }

  /** Becomes a candidate. Returns at once; the listener hears the rest. */
  public synchronized void start() {
    if (state instanceof Idle) {
      LOG.info("attempting to acquire leader lease {}...", api.describe());
      state = new Waiting();
      schedule(Duration.ZERO);
    }
  }

  /** Whether this candidate leads now, beyond doubt. */
  public synchronized boolean isLeading() {
    return state instanceof Leading leading && clock.nanos() - leading.renewedNanos < settings.term().toNanos();
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
    LeaseClaim.Outcome outcome = claim.attempt(settings.renewDeadline());
    report();
    switch (outcome) {
      case OURS -> lead(began);
      case HELD -> {
        follower.follow(claim.observed().seen());
        scheduleLook();
      }
      case FAILED -> {
        LOG.debug("failed to acquire lease {}", api.describe());
        follower.close(); // whatever keeps requests from their answers may keep events away, too
        schedule(jittered());
      }
    }
  }

  private void lead(long began) {
    follower.close();
    if (enter(new Leading(began, clock.nanos()))) {
      LOG.info("successfully acquired lease {}", api.describe());
      listener.startedLeading();
      clock.after(Duration.ZERO, () -> api.event(settings.identity() + " became leader")); // must not keep the lease from being renewed
      schedule(Duration.ZERO);
    }
  }

  private void attemptToRenew(Leading leading) {
    long began = clock.nanos();
    Duration left = settings.renewDeadline().minusNanos(began - leading.roundNanos);
    LeaseClaim.Outcome outcome = left.isPositive() ? claim.attempt(left) : LeaseClaim.Outcome.FAILED;
    report();
    switch (outcome) {
      case OURS -> {
        if (enter(new Leading(began, clock.nanos() + settings.retryPeriod().toNanos()))) {
          schedule(settings.retryPeriod());
        }
      }
      case HELD -> {
        LOG.error("failed to renew lease {}: {} holds it", api.describe(), claim.observed().lease().holder());
        end();
      }
      case FAILED -> tryAgainOrEnd(leading);
    }
  }

  private void tryAgainOrEnd(Leading leading) {
    Duration remaining = settings.renewDeadline().minusNanos(clock.nanos() - leading.roundNanos);
    if (remaining.isPositive()) {
      schedule(remaining.compareTo(settings.retryPeriod()) < 0 ? remaining : settings.retryPeriod());
    } else {
      LOG.error("failed to renew lease {}: context deadline exceeded", api.describe());
      end();
    }
  }

  /** What the watch tells while this candidate waits. */
  private final class Heard implements LeaseFollower.Listener {
    @Override
    public void changed(LeaseFollower.Following by, LeaseApi.Seen now) {
      long nanos = clock.nanos(); // before an attempt that runs now is waited for
      synchronized (attempts) {
        if (follower.told(by, now)) {
          claim.saw(now, nanos);
          report();
          scheduleLook();
        }
      }
    }

    @Override
    public void ended(LeaseFollower.Following by, boolean refused) {
      synchronized (attempts) {
        if (!follower.ended(by, refused)) {
          return;
        }
        if (!refused && follower.lasted(by)) {
          schedule(Duration.ZERO);
        } else {
          scheduleLook();
        }
      }
    }
  }

  /** Looks when the lease can be taken, at the latest; before that only to make sure that nothing was missed. */
  private void scheduleLook() {
    Duration left = claim.isFree() ? Duration.ZERO : claim.observed().left(clock.nanos());
    Duration look = follower.patience().orElseGet(this::jittered);
    schedule(left.compareTo(look) < 0 ? left : look);
  }

  private void report() {
    String holder = claim.observed().lease().holder();
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
    if (timer != null) {
      timer.cancel();
    }
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
    follower.close();
    if (before instanceof Leading) {
      listener.stoppedLeading();
      if (settings.releaseOnClose() && claim.isMine()) {
        claim.release();
      }
      try (Deadline deadline = new Deadline(clock, settings.patience())) {
        api.event(settings.identity() + " stopped leading");
      }
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
