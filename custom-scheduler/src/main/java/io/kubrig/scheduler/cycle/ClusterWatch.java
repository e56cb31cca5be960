package io.kubrig.scheduler.cycle;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The beginning of watching the cluster: waits for a server that is not there yet, and knows when all that was there has been told. */
final class ClusterWatch {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterWatch.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);

  private final ClusterApi api;
  private final Clock clock;
  private volatile boolean synced; // set once

  ClusterWatch(ClusterApi api, Clock clock) {
    this.api = api;
    this.clock = clock;
  }

  /** Returns when the listener has heard of everything that is there. */
  void begin(ClusterApi.Listener listener) throws InterruptedException {
    while (true) {
      try {
        api.watch(listener);
        synced = true;
        return;
      } catch (ClusterApiException e) {
        if (!e.isUnreachable()) {
          throw e;
        }
        LOG.warn("The API server cannot be reached, trying again: {}", e.getMessage());
        clock.sleep(BETWEEN_ATTEMPTS);
      }
    }
  }

  boolean isSynced() {
    return synced;
  }
}
