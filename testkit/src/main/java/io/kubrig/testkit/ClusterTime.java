package io.kubrig.testkit;

import java.time.Instant;
import java.util.Optional;

/**
 * The time of a cluster.
 *
 * @param begin what time it is when the cluster starts and time stands still; empty for the machine's own time
 */
record ClusterTime(Optional<Instant> begin) {
  static final ClusterTime REAL = new ClusterTime(Optional.empty());

  static ClusterTime virtual(Instant begin) {
    return new ClusterTime(Optional.of(begin));
  }

  boolean isVirtual() {
    return begin.isPresent();
  }
}
