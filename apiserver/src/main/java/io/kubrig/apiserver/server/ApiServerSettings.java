package io.kubrig.apiserver.server;

import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.proxy.Kubelets;
import io.kubrig.apiserver.storage.Storage;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.SharedRandom;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What an API server is made of, flags already read.
 *
 * @param externalAddress host and port under which clients reach the server
 * @param audit what is noted of requests; closed with the server
 * @param kubelets how logs and streams are fetched; asked when first needed
 * @param publishesEndpoints whether the endpoints of the service {@code kubernetes} are this server's to keep
 * @param outbound how webhooks and aggregated servers are reached
 * @param makesDefaults whether namespaces, roles and other objects that every cluster begins with are made sure of at the start; a server
 *     that goes on from the state of one that runs takes it as it is
 */
public record ApiServerSettings(
    Storage storage, Clock clock, RandomGenerator random, MeterRegistry metrics, String externalAddress,
    Cluster.Settings cluster,
    SecuritySettings security,
    AdmissionPlugins.Settings admission,
    Limits limits,
    Supplier<Kubelets> kubelets,
    boolean publishesEndpoints,
    Audit audit,
    Outbound outbound,
    boolean makesDefaults) {

  public ApiServerSettings {
    random = SharedRandom.of(random);
  }

  /**
   * What is admitted and told to all clients.
   *
   * @param maxReading non-mutating requests in flight
   * @param maxMutating mutating ones
   * @param corsOrigins regular expressions
   * @param strictTransportSecurity the header's value, "" for none
   * @param requestTimeout how long a request may take that is not meant to last
   * @param fairness whether requests are classified and queued ({@code --enable-priority-and-fairness}), rather than bounded by the two
   *     numbers alone
   * @param minWatch how long a watch lasts at least when the client does not say
   * @param deletionWorkers how many objects of a collection are deleted at once
   */
  public record Limits(
      int maxReading, int maxMutating, List<String> corsOrigins, String strictTransportSecurity, Duration requestTimeout,
          boolean fairness, Duration minWatch, int deletionWorkers) {
    private static final Duration MIN_WATCH = Duration.ofMinutes(30);

    /** With priority and fairness, and collections deleted one object after the other. */
    public Limits(int maxReading, int maxMutating, List<String> corsOrigins, String strictTransportSecurity, Duration requestTimeout) {
      this(maxReading, maxMutating, corsOrigins, strictTransportSecurity, requestTimeout, true, MIN_WATCH, 1);
    }
  }
}
