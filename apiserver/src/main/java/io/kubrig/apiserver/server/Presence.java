package io.kubrig.apiserver.server;

import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps known that this server is there, from when it listens until it stops: every ten seconds, which native servers do, too. */
final class Presence implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Presence.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final Duration COLLECTION = Duration.ofHours(1);

  private final Optional<MasterEndpoints> endpoints;
  private final Optional<PeerLease> lease;
  private final Clock clock;
  private final Thread thread;

  Presence(Optional<MasterEndpoints> endpoints, Optional<PeerLease> lease, Clock clock) {
    this.endpoints = endpoints;
    this.lease = lease;
    this.clock = clock;
    this.thread = Thread.ofVirtual().name("presence").unstarted(this::run);
  }

  /** Appears, and stays. */
  void begin() {
    endpoints.ifPresent(them -> trying("remove the former endpoints of the kubernetes service", them::begin));
    lease.ifPresent(it -> trying("delete the former lease of this server", it::begin));
    renew();
    lease.ifPresent(it -> trying("collect the leases of servers that are gone", it::collect));
    thread.start();
  }

  private void run() {
    try {
      Instant collection = clock.now().plus(COLLECTION);
      while (true) {
        clock.sleep(PERIOD);
        renew();
        if (lease.isPresent() && clock.now().isAfter(collection)) {
          trying("collect the leases of servers that are gone", lease.get()::collect);
          collection = clock.now().plus(COLLECTION);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() {
    endpoints.ifPresent(them -> trying("sync kubernetes service", them::renew));
    lease.ifPresent(it -> trying("renew the lease of this server", it::renew));
  }

  /** What does not work now is tried again in time. */
  private static void trying(String what, Runnable action) {
    try {
      action.run();
    } catch (ApiException e) {
      LOG.error("unable to {}: {}", what, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("unable to {}", what, e);
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    endpoints.ifPresent(them -> trying("remove endpoints from kubernetes service", them::leave));
    lease.ifPresent(it -> trying("delete the lease of this server", it::leave));
  }
}
