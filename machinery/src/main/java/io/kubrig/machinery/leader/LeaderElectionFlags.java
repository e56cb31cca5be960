package io.kubrig.machinery.leader;

import io.kubrig.machinery.flags.Flag;
import io.kubrig.machinery.flags.FlagException;
import io.kubrig.machinery.flags.FlagSection;
import io.kubrig.machinery.flags.FlagSet;
import io.kubrig.machinery.flags.ParsedFlags;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** The native flags {@code --leader-elect*}, the same in every component that elects a leader. */
public final class LeaderElectionFlags {
  private final Flag<Boolean> elect;
  private final Flag<Duration> leaseDuration;
  private final Flag<Duration> renewDeadline;
  private final Flag<Duration> retryPeriod;
  private final Flag<String> resourceLock;
  private final Flag<String> resourceName;
  private final Flag<String> resourceNamespace;

  /** Declares the flags in the section {@code leader election}; the lease is named after the component. */
  public LeaderElectionFlags(FlagSet flags, String leaseName) {
    FlagSection section = flags.section("leader election");
    elect =
        section.bool(
            "leader-elect",
            true,
            "Start a leader election client and gain leadership before executing the main loop. "
                + "Enable this when running replicated components for high availability.");
    leaseDuration =
        section.duration(
            "leader-elect-lease-duration",
            Duration.ofSeconds(15),
            "How long candidates that do not lead wait after they saw a renewal before they try to take the lease.");
    renewDeadline =
        section.duration(
            "leader-elect-renew-deadline",
            Duration.ofSeconds(10),
            "How long a leader tries to renew before it stops leading. Must be less than the lease duration.");
    retryPeriod = section.duration("leader-elect-retry-period", Duration.ofSeconds(2), "How long to wait between two attempts.");
    resourceLock =
        section.string("leader-elect-resource-lock", "leases", "The type of resource object used for locking. Supported: 'leases'.");
    resourceName = section.string("leader-elect-resource-name", leaseName, "The name of the lease.");
    resourceNamespace = section.string("leader-elect-resource-namespace", "kube-system", "The namespace of the lease.");
  }

  public boolean wanted(ParsedFlags flags) {
    return flags.value(elect);
  }

  public String name(ParsedFlags flags) {
    return flags.value(resourceName);
  }

  public String namespace(ParsedFlags flags) {
    return flags.value(resourceNamespace);
  }

  /**
   * The election the flags ask for.
   *
   * @throws FlagException when the times do not fit together
   */
  public ElectionSettings settings(ParsedFlags flags, RandomGenerator random) {
    if (!flags.value(resourceLock).equals("leases")) {
      throw new FlagException("resourceLock: Invalid value: \"" + flags.value(resourceLock) + "\": only \"leases\" is supported");
    }
    try {
      return new ElectionSettings(
          name(flags), identity(random), flags.value(leaseDuration), flags.value(renewDeadline), flags.value(retryPeriod), true);
    } catch (IllegalArgumentException e) {
      throw new FlagException(e.getMessage());
    }
  }

  /** A new identity of this process: {@code host_uuid}. */
  public static String identity(RandomGenerator random) {
    return host() + "_" + new UUID(random.nextLong() & ~0xf000L | 0x4000L, random.nextLong() >>> 2 | Long.MIN_VALUE);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a host without a name in its own resolver still takes part
    }
  }
}
