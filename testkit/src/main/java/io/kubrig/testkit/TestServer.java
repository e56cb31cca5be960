package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.kubrig.apiserver.admission.AdmissionConfiguration;
import io.kubrig.apiserver.admission.AdmissionPlugins;
import io.kubrig.apiserver.audit.Audit;
import io.kubrig.apiserver.authz.Rbac;
import io.kubrig.apiserver.http.Exchange;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.proxy.Kubelets;
import io.kubrig.apiserver.proxy.LocalKubelets;
import io.kubrig.apiserver.server.ApiServer;
import io.kubrig.apiserver.server.ApiServerSettings;
import io.kubrig.apiserver.server.Outbound;
import io.kubrig.apiserver.server.SecuritySettings;
import io.kubrig.apiserver.storage.MemoryStorage;
import io.kubrig.apiserver.storage.Snapshot;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/** The API server of a cluster, over memory. */
final class TestServer implements Handler, AutoCloseable {
  /**
   * What a fresh server writes before it answers anybody, by the time at which it does so. Writing it takes longer than everything
   * else.
   */
  private static final Map<Instant, Snapshot> FRESH = new ConcurrentHashMap<>();

  private static final Instant ANY_TIME = Instant.MIN;
  private static final Cluster.Settings USUAL = new Cluster.Settings(List.of("10.96.0.0/12"), 30_000, 32_767, true, Duration.ofHours(1));

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration GLANCE = Duration.ofMillis(1);

  private final MemoryStorage storage;
  private final ApiServer server;

  /** What a server finds around it. */
  record Surroundings(Clock clock, JvmKeys keys, LocalKubelets kubelets) {}

  /** @param begun whether the storage holds the state of a server that runs or ran */
  private TestServer(MemoryStorage storage, ClusterSettings wanted, Surroundings around, boolean begun) {
    this.storage = storage;
    this.server = new ApiServer(settings(storage, wanted, around, begun));
  }

  /**
   * A server as after its first start. The objects of its own are those of the first such server in this JVM, unless they are to come out
   * of a source of randomness that the test has chosen.
   */
  static TestServer fresh(ClusterSettings wanted, Surroundings around) {
    if (wanted.random().isPresent() || wanted.apis().isPresent()) {
      return new TestServer(new MemoryStorage(around.clock()), wanted, around, false);
    }
    Instant begin = wanted.time().begin().orElse(ANY_TIME);
    Snapshot known = FRESH.get(begin);
    if (known != null) {
      return new TestServer(new MemoryStorage(around.clock(), known), wanted, around, true);
    }
    TestServer first = new TestServer(new MemoryStorage(around.clock()), wanted, around, false);
    FRESH.put(begin, first.state());
    return first;
  }

  /** A server that goes on from a state of another one. */
  static TestServer from(Snapshot state, ClusterSettings wanted, Surroundings around) {
    return new TestServer(new MemoryStorage(around.clock(), state), wanted, around, true);
  }

  private static ApiServerSettings settings(MemoryStorage storage, ClusterSettings wanted, Surroundings around, boolean begun) {
    SecuritySettings security =
        new SecuritySettings(
            Optional.empty(),
            List.of(),
            Optional.empty(),
            true,
            true,
            JvmKeys.serviceAccounts(),
            List.of(JvmKeys.ISSUER),
            Duration.ZERO,
            true,
            List.of(SecuritySettings.Mode.NODE, SecuritySettings.Mode.RBAC),
            List.of(),
            List.of(),
            List.of(new Callers(around.keys(), around.clock())));
    return new ApiServerSettings(
        storage,
        around.clock(),
        wanted.random().orElseGet(RandomGenerator::getDefault),
        new KubernetesRegistry(),
        "127.0.0.1:6443",
        wanted.apis().orElse(USUAL),
        security,
        new AdmissionPlugins.Settings(List.of(), List.of(), 300, 300, AdmissionConfiguration.NONE),
        new ApiServerSettings.Limits(400, 200, List.of(), "", Duration.ofMinutes(1)),
        () -> Kubelets.only(around.kubelets()),
        false,
        Audit.off(around.clock()),
        Outbound.DEFAULT,
        !begun);
  }

  /** All objects as they are now. Immutable. */
  Snapshot state() {
    return storage.keyspace().current();
  }

  /** Returns when requests are judged by an object as it is, if it is a role or a binding; at once for all others. */
  void awaitAuthorization(HasMetadata written) {
    if (!written.getApiVersion().startsWith(Rbac.GROUP + "/")) {
      return;
    }
    long revision = Long.parseLong(written.getMetadata().getResourceVersion());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!server.authorizesBy(written.getPlural(), revision)) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException("authorization has not noticed " + written.getKind() + " " + written.getMetadata().getName()
            + " within " + PATIENCE.toSeconds() + " s");
      }
      LockSupport.parkNanos(GLANCE.toNanos());
    }
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    server.handle(exchange);
  }

  @Override
  public void close() {
    server.close();
  }
}
