package io.kubrig.machinery.leader;

import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watch of a candidate that waits. It is opened upon what was read, and dropped when a read shows what it should have told. Guarded by
 * the elector's attempts.
 */
final class LeaseFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LeaseFollower.class);

  /** A leader renews every retry period: so many without a word are unusual. */
  private static final int SILENT_PERIODS = 2;

  /** Rights are granted now and then; asking more often would only fill the server's logs. */
  private static final Duration REFUSED_FOR = Duration.ofMinutes(5);

  private final LeaseApi api;
  private final Clock clock;
  private final Duration retryPeriod;
  private final Listener listener;
  private Optional<Following> current = Optional.empty();
  private Optional<Long> refusedNanos = Optional.empty();

  /** Hears of the lease from a watch, which may be an earlier one than the present. Called without the elector's lock. */
  interface Listener {
    void changed(Following by, LeaseApi.Seen now);

    void ended(Following by, boolean refused);
  }

  LeaseFollower(LeaseApi api, Clock clock, Duration retryPeriod, Listener listener) {
    this.api = api;
    this.clock = clock;
    this.retryPeriod = retryPeriod;
    this.listener = listener;
  }

  /** One watch. */
  final class Following implements LeaseApi.Watcher {
    private final long openedNanos = clock.nanos();
    private String told; // the last version
    private LeaseApi.Watch watch;

    @Override
    public void changed(LeaseApi.Seen now) {
      listener.changed(this, now);
    }

    @Override
    public void ended() {
      listener.ended(this, false);
    }

    @Override
    public void refused() {
      listener.ended(this, true);
    }
  }

  /** Sees to it that the lease is watched from what was just read on, unless that is not allowed. */
  void follow(LeaseApi.Seen read) {
    if (current.filter(following -> !following.told.equals(read.version())).isPresent()) {
      LOG.debug("the watch of {} is late: opening another", api.describe());
      close();
    }
    boolean allowed = refusedNanos.isEmpty() || clock.nanos() - refusedNanos.get() >= REFUSED_FOR.toNanos();
    if (current.isEmpty() && allowed && !read.version().isEmpty()) {
      Following next = new Following();
      next.told = read.version();
      current = Optional.of(next);
      next.watch = api.watch(read, next);
    }
  }

  /** Takes note of what a watch told; false when it is not the present one. */
  boolean told(Following by, LeaseApi.Seen now) {
    if (!isPresent(by)) {
      return false;
    }
    by.told = now.version();
    return true;
  }

  /** Takes note of a watch's end; false when it was not the present one. */
  boolean ended(Following by, boolean refused) {
    if (!isPresent(by)) {
      return false;
    }
    current = Optional.empty();
    if (refused) {
      if (refusedNanos.isEmpty()) {
        LOG.info("the lease {} may not be watched: it is read every retry period instead", api.describe());
      }
      refusedNanos = Optional.of(clock.nanos());
    }
    return true;
  }

  private boolean isPresent(Following by) {
    return current.filter(following -> following == by).isPresent();
  }

  /** Whether a watch was open for so long that the next may be opened at once. */
  boolean lasted(Following by) {
    return clock.nanos() - by.openedNanos >= retryPeriod.toNanos();
  }

  /** After how much silence of the watch to look whether it is still right; empty when there is none. */
  Optional<Duration> patience() {
    return current.map(following -> retryPeriod.multipliedBy(SILENT_PERIODS));
  }

  @Override
  public void close() {
    current.map(following -> following.watch).ifPresent(LeaseApi.Watch::close);
    current = Optional.empty();
  }
}
