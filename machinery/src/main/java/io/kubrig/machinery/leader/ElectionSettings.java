package io.kubrig.machinery.leader;

import java.time.Duration;

/**
 * The times and the name of an election.
 *
 * @param name the label of the metrics, the Lease's name
 * @param identity who this candidate is, {@code host_uuid}
 * @param leaseDuration how long others wait after the last renewal they saw
 * @param renewDeadline how long a leader tries to renew before it gives up
 * @param retryPeriod how long to wait between two attempts
 * @param releaseOnClose whether a leader that is closed hands the lease back
 */
public record ElectionSettings(
    String name, String identity, Duration leaseDuration, Duration renewDeadline, Duration retryPeriod, boolean releaseOnClose) {
  static final double JITTER = 1.2;
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(1);

  public ElectionSettings {
    if (leaseDuration.compareTo(renewDeadline) <= 0) {
      throw new IllegalArgumentException("leaseDuration must be greater than renewDeadline");
    }
    if (renewDeadline.toNanos() <= JITTER * retryPeriod.toNanos()) {
      throw new IllegalArgumentException("renewDeadline must be greater than retryPeriod*JitterFactor");
    }
    if (leaseDuration.toSeconds() < 1 || !renewDeadline.isPositive() || !retryPeriod.isPositive()) {
      throw new IllegalArgumentException("leaseDuration, renewDeadline and retryPeriod must be greater than zero");
    }
    if (identity.isEmpty()) {
      throw new IllegalArgumentException("Lock identity is empty");
    }
  }

  /** The lease duration as it is written into the lease, which holds whole seconds: what everyone else goes by. */
  int leaseSeconds() {
    return (int) leaseDuration.toSeconds();
  }

  /**
   * How long after the beginning of its last renewal a leader may act. After the retry period and the renew deadline it gives up anyway;
   * what it sent just before then has the rest of the lease to arrive. It is never longer than the lease.
   */
  Duration term() {
    Duration tries = retryPeriod.plus(renewDeadline);
    Duration lease = Duration.ofSeconds(leaseSeconds());
    return tries.compareTo(lease) < 0 ? tries : lease;
  }

  /** How long one request may take: one that hangs must not use up all the time there is to renew. As native clients have it. */
  Duration patience() {
    Duration half = renewDeadline.dividedBy(2);
    return half.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : half;
  }

  /** The native times: 15 s, 10 s, 2 s. */
  public static ElectionSettings standard(String name, String identity) {
    return new ElectionSettings(name, identity, Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2), true);
  }
}
