package io.kubrig.machinery.leader;

import java.util.Optional;

/**
 * One Lease in the API. Calls block and obey interruption.
 *
 * <p>Errors: every call throws {@link LeaseException} when the API could not be asked or refused; a refused {@link #update} includes the
 * case that somebody else wrote since {@code seen}.
 */
public interface LeaseApi {

  /** The name in messages: {@code kube-system/kube-scheduler}. */
  String describe();

  /** The lease as it is; empty when there is none. */
  Optional<Seen> read();

  /** Makes the lease. */
  Seen create(LeaseRecord lease);

  /** Changes the lease, if it still is as it was seen. */
  Seen update(Seen seen, LeaseRecord lease);

  /** Tells of the lease's changes from one version on, until it ends or is closed. Returns at once and never throws. */
  Watch watch(Seen since, Watcher watcher);

  /** Publishes an event about the lease, with the reason {@code LeaderElection}. Best effort: never throws. */
  void event(String message);

  /** A lease as it was read, written or watched, with its resource version. */
  record Seen(LeaseRecord lease, String version) {}

  /** Hears of a lease, in one call after the other. Of the two that end it, one comes at most; after the close, none but one under way. */
  interface Watcher {
    /** The lease was written. That it was deleted is not told: who may not take it yet has nothing to do then. */
    void changed(Seen now);

    /** The watch has ended, as every watch does in time; changes may have been missed. */
    void ended();

    /** This candidate may not watch leases. */
    void refused();
  }

  /** A watch that is open, or has ended. */
  interface Watch extends AutoCloseable {
    @Override
    void close();
  }
}
