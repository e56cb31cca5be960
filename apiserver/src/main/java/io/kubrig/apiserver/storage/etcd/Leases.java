package io.kubrig.apiserver.storage.etcd;

import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * The leases that make keys go by themselves. Keys that are to go at nearly the same time share one: a lease is etcd's to keep, a key on it
 * costs nothing. (Source: apiserver/pkg/storage/etcd3/lease_manager.go.)
 */
final class Leases {
  private static final int MAX_KEYS = 1000;
  private static final double REUSE_SHARE = 0.05;

  private final EtcdClient client;
  private final Clock clock;
  private final Duration maxReuse;
  private final EtcdMetrics metrics;
  private long id;
  private Instant end = Instant.EPOCH;
  private int keys;

  Leases(EtcdClient client, Clock clock, Duration maxReuse, EtcdMetrics metrics) {
    this.client = client;
    this.clock = clock;
    this.maxReuse = maxReuse;
    this.metrics = metrics;
  }

  /** A lease that lasts at least for a time, and a little longer at most. */
  synchronized long lease(Duration life) throws IOException {
    Instant now = clock.now();
    Instant wanted = now.plus(life);
    Duration reuse = Duration.ofSeconds(Math.min((long) (life.toSeconds() * REUSE_SHARE), maxReuse.toSeconds()));
    boolean lastsLongEnough = wanted.isBefore(end);
    boolean lastsTooLong = end.minus(reuse).isAfter(wanted);
    if (lastsLongEnough && !lastsTooLong && keys < MAX_KEYS) {
      keys++;
      return id;
    }
    metrics.leased(keys);
    Duration whole = life.plus(reuse);
    id = client.lease(Math.max(1, whole.plusMillis(999).toSeconds()));
    end = now.plus(whole);
    keys = 1;
    return id;
  }
}
