package io.kubrig.testkit;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.ComponentFactory;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.duration.GoDuration;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.CertificateSpec;
import io.kubrig.operators.ControllerManagerFactory;
import io.kubrig.scheduler.SchedulerFactory;
import io.kubrig.standalone.simulated.SimulatedKubelets;
import io.kubrig.standalone.simulated.SimulatedNodes;
import io.kubrig.testkit.operator.TestOperator;
import io.kubrig.testkit.traffic.Faults;
import io.kubrig.testkit.traffic.Traffic;
import io.kubrig.testkit.webhook.Webhooks;
import java.io.InputStream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A whole cluster in this JVM. Nothing listens on a port and nothing is written to disk; clients call the API server directly. Several
 * clusters may live side by side.
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
  private final SimulatedKubelets kubelets;
  private final Traffic traffic;
  private final Clients clients;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();
  private final KubernetesClient admin;
  private final Manifests manifests;
  private Optional<OpenPort> port = Optional.empty(); // guarded by this
  private volatile Optional<Webhooks> webhooks = Optional.empty();

  private KubrigCluster(ClusterSettings settings, TestTime time, SimulatedKubelets kubelets, TestServer server, JvmKeys keys) {
    this.settings = settings;
    this.time = time;
    this.keys = keys;
    this.server = keep(server);
    this.kubelets = keep(kubelets);
    this.traffic = new Traffic(time.clock());
    this.clients = keep(new Clients(server, time, traffic));
    this.admin = keep(clients.of("kubernetes-admin", "system:masters"));
    this.manifests = new Manifests(admin, this::wire, server::awaitAuthorization);
  }

  /** A cluster with controllers, scheduler and one simulated node in real time, unless said otherwise. */
  public static ClusterBuilder builder() {
    return new ClusterBuilder();
  }

  static KubrigCluster start(ClusterSettings settings) throws InterruptedException {
    Clients.warmUp();
    TestTime time = new TestTime(settings.time());
    JvmKeys keys = JvmKeys.at(time.clock().now());
    SimulatedKubelets kubelets = new SimulatedKubelets(time.clock());
    TestServer server = TestServer.fresh(settings, new TestServer.Surroundings(time.clock(), keys, kubelets));
    return running(new KubrigCluster(settings, time, kubelets, server, keys));
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
      start(new ControllerManagerFactory(), managerFlags());
    }
    if (settings.scheduler()) {
      start(new SchedulerFactory(), List.of("--leader-elect=false", "--secure-port=0"));
    }
    if (settings.nodes() > 0) {
      SimulatedNodes.Settings nodes = new SimulatedNodes.Settings(settings.nodes(), settings.heartbeat());
      keep(new SimulatedNodes(keep(clients.ofNodes()), time.clock(), new KubernetesRegistry(), nodes, settings.script(), kubelets)).start();
    }
  }

  /** Native's patience with nodes is in the same proportion to the heartbeats that are usual there. */
  private List<String> managerFlags() {
    List<String> flags = new ArrayList<>(List.of(
        "--controllers=" + String.join(",", settings.controllers()),
        "--leader-elect=false",
        "--secure-port=0",
        "--use-service-account-credentials=false",
        "--node-monitor-period=" + GoDuration.format(settings.heartbeat().dividedBy(2)),
        "--node-monitor-grace-period=" + GoDuration.format(settings.heartbeat().multipliedBy(5))));
    flags.addAll(settings.managerFlags());
    return flags;
  }

  /** Starts a further part, which is closed with the cluster. @return its metrics */
  KubernetesRegistry start(ComponentFactory factory, List<String> flags) throws InterruptedException {
    RandomGenerator random = settings.random().orElseGet(RandomGenerator::getDefault);
    KubernetesRegistry metrics = new KubernetesRegistry();
    Environment environment = new Environment(time.clock(), random, metrics, clients, KubrigCluster::partFailed);
    Component component = keep(factory.create(factory.flags().parse(flags), environment));
    component.start();
    return metrics;
  }

  private static void partFailed(String component, String reason) {
    throw new StartException(component + ": " + reason);
  }

  /** The administrator's client. Closed with the cluster. */
  public KubernetesClient client() {
    return admin;
  }

  /**
   * A client of a user who can do what RBAC grants, no more. The caller closes it.
   *
   * @param user a name; that of a service account ({@code system:serviceaccount:NAMESPACE:NAME}) brings the groups that service accounts
   * have
   */
  public KubernetesClient clientFor(String user, String... groups) {
    return clients.of(user, groups);
  }

  /**
   * Gives a user rights in a namespace: a role of these rules and a binding to it. Requests made after the return are judged by them, as
   * they are by roles in what {@link #apply(String)} applies; those that a client has created otherwise count a moment later.
   */
  public void grant(String user, String namespace, PolicyRule... rules) {
    new Grants(admin, server::awaitAuthorization).in(namespace, user, List.of(rules));
  }

  /** As {@link #grant}, in the whole cluster. */
  public void grantEverywhere(String user, PolicyRule... rules) {
    new Grants(admin, server::awaitAuthorization).everywhere(user, List.of(rules));
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
   * Lets time pass in a cluster with virtual time: every timer of every part that falls due runs at its moment, in a cluster that has dealt
   * with all that came before it. Returns when the time is over and nothing is left to do.
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
   * Returns when nothing is left to do at this moment of the cluster's time: no request is being answered, no event is on its way, no
   * controller works.
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

  /** What containers of simulated pods write to their logs and answer to commands. */
  public SimulatedContainers containers() {
    return new SimulatedContainers(kubelets);
  }

  /**
   * Another cluster that begins with everything there is in this one, at this moment, and goes its own way. Nothing is copied: both share
   * what neither has changed since, so a cluster that was filled once serves any number of tests. Settle first, or the copy may begin in
   * the middle of something.
   */
  public KubrigCluster fork() throws InterruptedException {
    return fork(settings);
  }

  /** As {@link #fork()}, with other parts: an API server that was prepared may go on with controllers. Time goes on where it is here. */
  public KubrigCluster fork(ClusterBuilder parts) throws InterruptedException {
    return fork(parts.settings());
  }

  private KubrigCluster fork(ClusterSettings parts) throws InterruptedException {
    TestTime forked = new TestTime(settings.time().isVirtual() ? ClusterTime.virtual(now()) : ClusterTime.REAL);
    SimulatedKubelets copied = kubelets.copy(forked.clock());
    TestServer other = TestServer.from(server.state(), parts, new TestServer.Surroundings(forked.clock(), keys, copied));
    return running(new KubrigCluster(parts, forked, copied, other, keys));
  }

  /**
   * Applies the objects of a class path resource in the order in which they are written, and waits until definitions among them are
   * served and roles among them count.
   */
  public List<HasMetadata> apply(String resource) {
    return manifests.apply(resource);
  }

  /** Applies the objects of a manifest. */
  public List<HasMetadata> apply(InputStream manifest) {
    return manifests.apply(manifest);
  }

  /**
   * The webhooks of the code under test. Say what answers which path, then apply the manifests that register them: those that name a
   * service are led to that
   * code. A port of the loopback interface is opened at the first call, and closed with the cluster.
   */
  public synchronized Webhooks webhooks() {
    if (webhooks.isEmpty()) {
      CertificateSpec names = CertificateSpec.server("webhooks", List.of("localhost"), List.of(InetAddress.getLoopbackAddress()));
      webhooks = Optional.of(keep(new Webhooks(keys.serving(names), keys.authority().certificate())));
    }
    return webhooks.get();
  }

  private void wire(HasMetadata object) {
    webhooks.ifPresent(known -> known.wire(object));
  }

  /** Applies the definition of a kind that the CRD generator has put on the class path. */
  public void define(Class<? extends HasMetadata> kind) {
    apply("META-INF/fabric8/" + HasMetadata.getFullResourceName(kind) + "-v1.yml");
  }

  /**
   * A kubeconfig of the administrator for other clients and child processes. A free port of the loopback interface is opened for it when it
   * is first asked for, and closed with the cluster.
   */
  public String kubeconfig() {
    return kubeconfigFor("kubernetes-admin", "system:masters");
  }

  /** As {@link #kubeconfig()}, of another user. */
  public synchronized String kubeconfigFor(String user, String... groups) {
    if (port.isEmpty()) {
      port = Optional.of(keep(new OpenPort(traffic.observing("through the port", server, time.rest()::toldOutside), keys)));
    }
    return port.get().kubeconfig(user, groups);
  }

  /**
   * An operator of the Java Operator SDK that lives in this cluster's time. Register reconcilers and start it; it is stopped with
   * the cluster.
   */
  public TestOperator operator() {
    return operator(admin, settings -> {});
  }

  /**
   * As {@link #operator()}.
   *
   * @param client what the operator speaks through, so that its rights are tested, too
   * @param more further settings of the SDK
   */
  public TestOperator operator(KubernetesClient client, Consumer<ConfigurationServiceOverrider> more) {
    return keep(new TestOperator(client, time.clock(), more));
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
