package io.kubrig.proxy.health;

import io.fabric8.kubernetes.api.model.Node;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether rules keep up with changes, and whether the node is to receive traffic from outside. A change that waits longer than the timeout
 * makes it unhealthy.
 */
public final class ProxyHealth {
  private static final String TO_BE_DELETED_TAINT = "ToBeDeletedByClusterAutoscaler";

  private final Clock clock;
  private final Duration timeout;
  // all guarded by this
  private Instant lastUpdated = Instant.EPOCH;
  private Instant oldestPending;
  private boolean eligible = true;

  public ProxyHealth(Clock clock, Duration timeout) {
    this.clock = clock;
    this.timeout = timeout;
  }

  /** The state at a moment; {@code lastUpdated} is {@code now} while healthy, as clients of old releases expect. */
  public record Report(boolean healthy, boolean nodeEligible, Instant lastUpdated, Instant now) {
  }

  public synchronized void queued() {
    if (oldestPending == null) {
      oldestPending = clock.now();
    }
  }

  public synchronized void updated() {
    oldestPending = null;
    lastUpdated = clock.now();
  }

  /** A node that is deleted or about to be is not eligible; null means deleted. */
  public synchronized void node(Node node) {
    boolean going = node == null || node.getMetadata().getDeletionTimestamp() != null;
    boolean tainted = !going && node.getSpec() != null
        && node.getSpec().getTaints().stream().anyMatch(taint -> TO_BE_DELETED_TAINT.equals(taint.getKey()));
    eligible = !going && !tainted;
  }

  public synchronized Report report() {
    Instant now = clock.now();
    boolean healthy = oldestPending == null || Duration.between(oldestPending, now).compareTo(timeout) < 0;
    return new Report(healthy, eligible, healthy ? now : lastUpdated, now);
  }
}
