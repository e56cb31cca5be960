package io.kubrig.kubelet.config;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.kubelet.cluster.ApiEvents;
import io.kubrig.kubelet.cluster.ApiObjects;
import io.kubrig.kubelet.cluster.ApiPods;
import io.kubrig.kubelet.cluster.ApiStatuses;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.container.CgroupResources;
import io.kubrig.kubelet.container.ContainerConfigs.NodeFacts;
import io.kubrig.kubelet.container.ContainerDescriptions;
import io.kubrig.kubelet.container.DnsSettings;
import io.kubrig.kubelet.container.PodCgroups;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriClient;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.logs.LogRotator;
import io.kubrig.kubelet.node.Machine;
import io.kubrig.kubelet.node.NodeAgent;
import io.kubrig.kubelet.node.NodeSettings;
import io.kubrig.kubelet.pod.PodEngine;
import io.kubrig.kubelet.pod.PodEvents;
import io.kubrig.kubelet.pod.PodSource;
import io.kubrig.kubelet.pod.RuntimePod;
import io.kubrig.kubelet.pod.StaticPods;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.kubelet.server.KubeletServer;
import io.kubrig.kubelet.server.NodeAccess;
import io.kubrig.kubelet.server.Routes;
import io.kubrig.kubelet.stats.StatsPages;
import io.kubrig.kubelet.status.StatusReporter;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.health.Access;
import io.kubrig.machinery.health.DelegatedAccess;
import io.kubrig.machinery.health.Page;
import io.kubrig.machinery.health.StatusServer;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.pki.CertificateAuthority;
import io.kubrig.machinery.pki.KeyAndCertificate;
import io.kubrig.machinery.pki.PemFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kubelet as a component: puts its parts together, starts them, and stops them without touching the pods. */
final class Kubelet implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(Kubelet.class);
  private static final Duration SYNC_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  private final KubeletConfig config;
  private final Environment environment;
  private final Clock clock;
  private final Machine machine = Machine.read();
  private final Posix posix = Posix.system();
  private final String nodeName;
  private final List<String> nodeIps;
  private final Path root;
  private final Path pki;
  private final String kubeconfig;
  private final String bootstrapKubeconfig;
  private final Map<String, String> nodeLabels;
  private final Deque<AutoCloseable> running = new ArrayDeque<>(); // guarded by this

  Kubelet(KubeletFlags flags, ParsedFlags given, KubeletConfig config, Environment environment) {
    this.config = config;
    this.environment = environment;
    this.clock = environment.clock();
    String override = given.value(flags.hostnameOverride);
    this.nodeName = override.isEmpty() ? machine.hostname() : override;
    String ips = given.value(flags.nodeIp);
    this.nodeIps = ips.isEmpty() ? List.of(Machine.address().map(InetAddress::getHostAddress).orElse("127.0.0.1"))
        : List.of(ips.split(","));
    this.root = Path.of(given.value(flags.rootDir));
    this.pki = given.isSet(flags.certDir) ? Path.of(given.value(flags.certDir)) : root.resolve("pki");
    this.kubeconfig = given.value(flags.kubeconfig);
    this.bootstrapKubeconfig = given.value(flags.bootstrapKubeconfig);
    this.nodeLabels = given.value(flags.nodeLabels);
    if (!config.ignored().isEmpty()) {
      LOG.warn("These fields of the configuration have no effect in this kubelet: {}", String.join(", ", config.ignored()));
    }
  }

  @Override
  public String name() {
    return "kubelet";
  }

  @Override
  public void start() throws InterruptedException {
    try {
      Files.createDirectories(root);
      ContainerRuntime runtime = keep(new CriClient(config.runtime().endpoint(), config.runtime().timeout()));
      LOG.info("Container runtime {}", describe(runtime));
      boolean connected = environment.embedded() || !kubeconfig.isEmpty();
      if (!bootstrapKubeconfig.isEmpty() && kubeconfig.isEmpty()) {
        throw new StartException("--bootstrap-kubeconfig needs --kubeconfig: the file that is written with the node's own certificate");
      }
      if (connected) {
        NodeState node = config.node().register() ? NodeState.REGISTERED : NodeState.KNOWN;
        startConnected(runtime, node);
      } else {
        LOG.info("No kubeconfig is given: only static pods run");
        startAlone(runtime);
      }
    } catch (IOException e) {
      throw new StartException("the kubelet cannot use this machine: " + e.getMessage(), e);
    }
  }

  private enum NodeState {
    REGISTERED,
    KNOWN
  }

  private static String describe(ContainerRuntime runtime) {
    try {
      return runtime.version().getRuntimeName() + " " + runtime.version().getRuntimeVersion();
    } catch (CriException e) {
      throw new StartException("the container runtime does not answer: " + e.rpcMessage()
          + "; is containerd running? To install it: apt-get install -y containerd", e);
    }
  }

  private void startConnected(ContainerRuntime runtime, NodeState state) throws IOException, InterruptedException {
    KubeletCertificates certificates = keep(new KubeletCertificates(nodeName, pki, environment));
    ClientSettings settings = certificates.client(
        new ClientSettings("kubelet", kubeconfig, "", config.node().qps(), config.node().burst()), bootstrapKubeconfig,
        config.certificates().rotateClient());
    KubernetesClient client = keep(environment.clients().open(settings));
    ApiObjects cluster = keep(new ApiObjects(client, nodeName));
    ApiEvents events = keep(new ApiEvents(client, nodeName, clock));
    ApiStatuses statuses = keep(new ApiStatuses(client, clock));
    NodeAgent agent = keep(new NodeAgent(client, runtime, events, nodeSettings(state == NodeState.REGISTERED), machine, posix, clock));
    cluster.start();
    agent.start();
    awaitSynced(cluster);
    List<PodSource> sources = new ArrayList<>(staticPods());
    sources.add(new ApiPods(client, nodeName));
    PodEngine engine = engine(runtime, cluster, events, statuses, agent::networkProblem, agent.allocatable(), sources);
    serve(client, runtime, engine, config.certificates().requestServing() ? certificates.serving(nodeIps, settings) : identity());
  }

  private void startAlone(ContainerRuntime runtime) throws IOException {
    PodEvents events = (pod, container, warning, reason, message) ->
        LOG.info("{} pod {}/{} {}: {}: {}", warning ? "Warning"
        : "Normal", pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container, reason, message);
    PodEngine engine = engine(runtime, ClusterObjects.NONE, events, StatusReporter.NONE, Optional::empty, Map.of(), staticPods());
    serve(null, runtime, engine, identity());
  }

  private void awaitSynced(ApiObjects cluster) throws InterruptedException {
    long limit = clock.nanos() + SYNC_LIMIT.toNanos();
    while (!cluster.synced()) {
      if (clock.nanos() > limit) {
        throw new StartException("the API server does not list services and nodes within " + SYNC_LIMIT.toSeconds() + " s");
      }
      clock.sleep(POLL);
    }
  }

  private List<PodSource> staticPods() {
    String directory = config.pods().staticPath();
    return directory.isEmpty() ? List.of() : List.of(new StaticPods(Path.of(directory), nodeName, config.pods().fileCheck(), clock));
  }

  private NodeSettings nodeSettings(boolean register) {
    Map<String, Quantity> reserved = new HashMap<>();
    config.node().systemReserved().forEach((resource, amount) -> reserved.put(resource, new Quantity(amount)));
    config.node().kubeReserved().forEach((resource, amount) -> reserved.merge(resource, new Quantity(amount), Quantity::add));
    List<Taint> taints = config.node().taints().stream()
        .map(t -> new TaintBuilder().withKey(t.get("key")).withValue(t.get("value").isEmpty() ? null : t.get("value"))
        .withEffect(t.get("effect")).build()).toList();
    return new NodeSettings(
        nodeName,
        nodeIps,
        config.server().port(),
        config.node().maxPods(),
        reserved,
        nodeLabels,
        taints,
        register,
        config.node().maxImages(),
        config.node().statusFrequency(),
        config.node().reportFrequency(),
        config.node().lease(),
        root);
  }

  private PodEngine engine(
      ContainerRuntime runtime,
      ClusterObjects cluster,
      PodEvents events,
      StatusReporter statuses,
      Supplier<Optional<String>> networkProblem,
      Map<String, Quantity> allocatable,
      List<PodSource> sources) {
    PodPaths paths = paths();
    PodCgroups cgroups = new PodCgroups(config.runtime().cgroupRoot(), config.runtime().cgroupDriver().equals("systemd"));
    DnsSettings dns = new DnsSettings(config.pods().clusterDns(), config.pods().clusterDomain(), config.pods().resolvConf());
    ContainerDescriptions descriptions =
        ContainerDescriptions.of(paths, dns, cgroups, cluster, new NodeFacts(nodeName, machine.memoryBytes(), config.pods().cpuQuota()),
            machine.hostname(), config.pods().seccompDefault(), environment.random());
    PodEngine.Settings settings =
        new PodEngine.Settings(
            paths, descriptions, cgroups, nodeName, nodeIps, allocatable, networkProblem, config.pods().sync(),
                config.runtime().parallelPulls(),
            config.pods().longestRestartWait(), new NodeAdmission(() -> cluster.node(), allocatable));
    PodEngine engine = new PodEngine(new PodEngine.Ports(runtime, cluster, events, statuses, posix, clock, environment.random()), settings,
        sources);
    keep(engine::close);
    engine.pods().start();
    startRotation(runtime, engine, paths);
    return engine;
  }

  private PodPaths paths() {
    Path logs = config.pods().logsDirectory();
    return new PodPaths(root, logs, logs.resolveSibling("containers"));
  }

  private void startRotation(ContainerRuntime runtime, PodEngine engine, PodPaths paths) {
    long maxBytes = CgroupResources.bytes(Map.of("size", new Quantity(config.pods().logMaxSize())), "size");
    LogRotator rotator = new LogRotator(runtime, clock, maxBytes, config.pods().logMaxFiles());
    Thread thread = Thread.ofVirtual().name("log-rotation").start(() -> {
      try {
        while (true) {
          clock.sleep(config.pods().logCheck());
          for (Pod pod : engine.pods().pods()) {
            engine.pods().observed(pod.getMetadata().getUid()).map(RuntimePod::running).orElse(List.of())
                .forEach(run -> rotator.check(paths.log(pod, run.name(), run.restartCount()), run.id()));
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    keep(thread::interrupt);
  }

  private void serve(KubernetesClient client, ContainerRuntime runtime, PodEngine engine, KeyManager[] identity) throws IOException {
    StatsPages stats = new StatsPages(runtime, posix, clock, nodeName, root);
    Supplier<String> metrics = () -> environment.metrics() instanceof KubernetesRegistry registry ? registry.scrape() : "";
    Routes routes =
        new Routes(engine.pods(), runtime, paths(), clock)
            .page("/stats/summary", "application/json", stats::summary)
            .page("/metrics", "text/plain; version=0.0.4; charset=utf-8", metrics)
            .page("/metrics/resource", "text/plain; version=0.0.4; charset=utf-8", stats::resourceMetrics);
    if (config.server().enabled()) {
      KubeletConfig.Authentication who = config.authentication();
      List<X509Certificate> authorities = who.clientCaFile().isEmpty() ? List.of() : PemFiles.certificates(Path.of(who.clientCaFile()));
      Access delegated = new DelegatedAccess(who.tokens() ? client : null, authorities, List.of(), who.tokenTtl(), clock);
      Access access = who.anonymous() ? delegated : new NoAnonymous(delegated);
      NodeAccess permission =
          new NodeAccess(who.authorizationMode().equals("AlwaysAllow") ? null : client, nodeName, who.allowedTtl(), who.deniedTtl(), clock);
      InetSocketAddress address = new InetSocketAddress(config.server().address(), config.server().port());
      KubeletServer server = keep(new KubeletServer(address, identity, access, permission, routes));
      server.start();
      LOG.info("Serving on {}:{}", config.server().address(), server.port());
    }
    if (config.server().healthPort() > 0) {
      InetSocketAddress address = new InetSocketAddress(config.server().healthAddress(), config.server().healthPort());
      StatusServer health = keep(new StatusServer(address, null, new Everybody()));
      health.page("/healthz",
          request -> new Page.Answer(engine.pods().healthy() ? 200 : 500, "text/plain; charset=utf-8", engine.pods().healthy() ? "ok"
          : "syncloop failed"));
      health.start();
    }
  }

  /** The serving key and certificate: as configured, or made once and kept. */
  private KeyManager[] identity() throws IOException {
    if (!config.server().certFile().isEmpty()) {
      return new KeyAndCertificate(PemFiles.privateKey(Path.of(config.server().keyFile())),
          PemFiles.certificates(Path.of(config.server().certFile()))).keyManagers();
    }
    Path certificate = pki.resolve("kubelet.crt");
    Path key = pki.resolve("kubelet.key");
    if (Files.exists(certificate) && Files.exists(key)) {
      return new KeyAndCertificate(PemFiles.privateKey(key), PemFiles.certificates(certificate)).keyManagers();
    }
    List<InetAddress> addresses = nodeIps.stream().map(InetAddress::ofLiteral).toList();
    KeyAndCertificate made = CertificateAuthority.selfSignedServer(nodeName, List.of(nodeName), addresses, clock);
    PemFiles.directory(pki);
    PemFiles.write(key, PemFiles.text(made.key()));
    PemFiles.write(certificate, PemFiles.text(made.chain()));
    return made.keyManagers();
  }

  private synchronized <C extends AutoCloseable> C keep(C part) {
    running.push(part);
    return part;
  }

  @Override
  public synchronized void close() {
    while (!running.isEmpty()) {
      try {
        running.pop().close();
      } catch (Exception e) {
        LOG.error("A part of the kubelet did not stop cleanly", e);
      }
    }
  }

  /** Turns away whoever shows nothing. */
  private record NoAnonymous(Access access) implements Access {
    @Override
    public Optional<Caller> authenticate(Credentials credentials) {
      boolean shows = !credentials.bearerToken().isEmpty() || !credentials.clientCertificates().isEmpty();
      return shows ? access.authenticate(credentials) : Optional.empty();
    }

    @Override
    public boolean allows(Caller caller, String verb, String path) {
      return access.allows(caller, verb, path);
    }
  }

  /** The health port asks nobody who they are. */
  private static final class Everybody implements Access {
    @Override
    public Optional<Caller> authenticate(Credentials credentials) {
      return Optional.of(new Caller("system:anonymous", "", List.of("system:unauthenticated")));
    }

    @Override
    public boolean allows(Caller caller, String verb, String path) {
      return true;
    }
  }
}
