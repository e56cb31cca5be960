package io.kubrig.apiserver.storage;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes entries whose time is over, for storages that do not do it themselves. As with etcd's leases an entry outlives its time by up to
 * one period; watchers see it go like any other.
 */
public final class ExpirySweep implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ExpirySweep.class);
  private static final Duration PERIOD = Duration.ofSeconds(20);

  private final Storage storage;
  private final Clock clock;
  private final List<String> prefixes;
  private final Clock.Timer timer;

  private ExpirySweep(Storage storage, Clock clock, List<String> prefixes) {
    this.storage = storage;
    this.clock = clock;
    this.prefixes = prefixes;
    timer = clock.every(PERIOD, this::sweep);
  }

  /** @param prefixes where there are entries with an end */
  public static ExpirySweep start(Storage storage, Clock clock, List<String> prefixes) {
    return new ExpirySweep(storage, clock, List.copyOf(prefixes));
  }

  private void sweep() {
    Instant now = clock.now();
    for (String prefix : prefixes) {
      for (Entry entry : storage.keyspace().current().list(prefix)) {
        if (entry.expires() != null && !entry.expires().isAfter(now) && !delete(entry)) {
          return;
        }
      }
    }
  }

  /** A conflict is no trouble: somebody prolonged or deleted the entry meanwhile. */
  private boolean delete(Entry entry) {
    try {
      storage.commit(new Write.Delete(entry.key(), entry.modified()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IOException e) {
      LOG.warn("cannot delete {}, whose time is over", entry.key(), e);
      return false;
    }
  }

  @Override
  public void close() {
    timer.cancel();
  }
}
