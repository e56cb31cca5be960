package io.kubrig.testkit;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.operators.ControllerManagerFactory;
import io.kubrig.scheduler.SchedulerFactory;
import io.kubrig.standalone.simulated.SimulatedNodes;
import io.kubrig.testkit.traffic.Faults;
import io.kubrig.testkit.traffic.Traffic;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A whole cluster in this JVM. Nothing listens on a port and nothing is written to disk; clients call the API server directly. Several clusters may live side
 * by side.
 *
 * <pre>{@code
 * try (KubrigCluster cluster = KubrigCluster.builder().nodes(3).start()) {
 *   cluster.client().apps().deployments()...
 *   cluster.settle();
 * }
 * }</pre>
 */
public final class KubrigCluster implements AutoCloseable {
  /** How long, in real time, a cluster may take to come to rest before {@link #settle()} and {@link #advance} give up. */
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final int REPORTED = 40;

  private final ClusterSettings settings;
  private final TestTime time;
  private final JvmKeys keys;
  private final TestServer server;
  private final Traffic traffic;
  private final Clients clients;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final KubernetesClient admin;

  private KubrigCluster(ClusterSettings settings, TestTime time, TestServer server, JvmKeys keys) {
    this.settings = settings;
    this.time = time;
    this.keys = keys;
    this.server = keep(server);
    this.traffic = new Traffic(time.clock());
    this.clients = keep(new Clients(server, time, traffic, keys));
    this.admin = keep(clients.of("kubernetes-admin", "system:masters"));
  }

  /** A cluster with controllers, scheduler and one simulated node in real time, unless said otherwise. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  static KubrigCluster start(ClusterSettings settings) throws InterruptedException {
    Clients.warmUp();
    TestTime time = new TestTime(settings.time());
    JvmKeys keys = JvmKeys.at(time.clock().now());
    return running(new KubrigCluster(settings, time, TestServer.fresh(settings, time.clock(), keys), keys));
  }

  private static KubrigCluster running(KubrigCluster cluster) throws InterruptedException {
    try {
      cluster.startParts();
      return cluster;
    } catch (RuntimeException | InterruptedException e) {
      cluster.close();
      throw e;
    }
  }

  private void startParts() throws InterruptedException {
    if (!settings.controllers().isEmpty()) {
      String chosen = "--controllers=" + String.join(",", settings.controllers());
      start(new ControllerManagerFactory(), List.of(chosen, "--leader-elect=false", "--secure-port=0", "--use-service-account-credentials=false"));
    }
    if (settings.scheduler()) {
      start(new SchedulerFactory(), List.of("--leader-elect=false", "--secure-port=0"));
    }
    if (settings.nodes() > 0) {
      keep(new SimulatedNodes(admin, time.clock(), new KubernetesRegistry(), settings.nodes(), settings.script())).start();
    }
  }

  private void start(ComponentFactory factory, List<String> flags) throws InterruptedException {
    RandomGenerator random = settings.random().orElseGet(RandomGenerator::getDefault);
    Environment environment = new Environment(time.clock(), random, new KubernetesRegistry(), clients, KubrigCluster::partFailed);
    Component component = keep(factory.create(factory.flags().parse(flags), environment));
    component.start();
  }

  private static void partFailed(String component, String reason) {
    throw new StartException(component + ": " + reason);
  }

  /** The administrator's client. Closed with the cluster. */
  public KubernetesClient client() {
    return admin;
  }

  /** A client of a user who can do what RBAC grants, no more. The caller closes it. */
  public KubernetesClient clientFor(String user, String... groups) {
    return clients.of(user, groups);
  }

  /** The clock that all parts of the cluster go by. Give it to the code under test. */
  public Clock clock() {
    return time.clock();
  }

  /** What time it is in the cluster. */
  public Instant now() {
    return time.clock().now();
  }

  /**
   * Lets time pass in a cluster with virtual time: every timer of every part that falls due runs at its moment, in a cluster that has dealt with all that came
   * before it. Returns when the time is over and nothing is left to do.
   *
   * @throws IllegalStateException when the cluster lives in real time
   * @throws UnsettledException when the cluster does not come to rest between two timers
   */
  public void advance(Duration duration) throws InterruptedException {
    try {
      time.advance(duration, PATIENCE);
    } catch (UnsettledException e) {
      throw e.with(traffic.report(REPORTED));
    }
  }

  /**
   * Returns when nothing is left to do at this moment of the cluster's time: no request is being answered, no event is on its way, no controller works.
   *
   * @throws UnsettledException when that does not come to be; the message tells what was still going on
   */
  public void settle() throws InterruptedException {
    settle(PATIENCE);
  }

  /** As {@link #settle()}, with a patience (in real time) of its own. */
  public void settle(Duration patience) throws InterruptedException {
    try {
      time.settle(patience);
    } catch (UnsettledException e) {
      throw e.with(traffic.report(REPORTED));
    }
  }

  /** The calls of all clients, for counting and for finding out what happened. */
  public Traffic traffic() {
    return traffic;
  }

  /** The means to let things go wrong. */
  public Faults faults() {
    return traffic.faults();
  }

  /**
   * Another cluster that begins with everything there is in this one, at this moment, and goes its own way. Nothing is copied: both share what neither has
   * changed since, so a cluster that was filled once serves any number of tests. Settle first, or the copy may begin in the middle of something.
   */
  public KubrigCluster fork() throws InterruptedException {
    TestTime forked = new TestTime(settings.time().isVirtual() ? ClusterTime.virtual(now()) : ClusterTime.REAL);
    return running(new KubrigCluster(settings, forked, TestServer.from(server.state(), settings, forked.clock(), keys), keys));
  }

  private <C extends AutoCloseable> C keep(C part) {
    closing.push(part);
    return part;
  }

  /** Stops everything, last started first. */
  @Override
  public void close() {
    List<Exception> problems = new ArrayList<>();
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        problems.add(e);
      }
    }
    if (!problems.isEmpty()) {
      IllegalStateException problem = new IllegalStateException("a part of the cluster did not stop cleanly", problems.getFirst());
      problems.stream().skip(1).forEach(problem::addSuppressed);
      throw problem;
    }
  }
}
