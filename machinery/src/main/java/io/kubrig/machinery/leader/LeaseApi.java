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

  /** Publishes an event about the lease, with the reason {@code LeaderElection}. Best effort: never throws. */
  void event(String message);

  /** A lease as it was read or written, with its resource version. */
  record Seen(LeaseRecord lease, String version) {}
}
