package io.kubrig.scheduler;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.component.ClientSettings;
import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.flags.ParsedFlags;
import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.health.Page;
import io.kubrig.machinery.health.StatusPages;
import io.kubrig.machinery.health.StatusServer;
import io.kubrig.machinery.json.Json;
import io.kubrig.machinery.leader.ElectionSettings;
import io.kubrig.machinery.leader.KubernetesLease;
import io.kubrig.machinery.leader.LeaderElectionFlags;
import io.kubrig.machinery.leader.LeaderElector;
import io.kubrig.machinery.leader.LeaderGate;
import io.kubrig.machinery.leader.LeaderListener;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.machinery.tracing.Tracing;
import io.kubrig.machinery.tracing.TracingConfiguration;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.scheduler.api.ClusterApi;
import io.kubrig.scheduler.api.ClusterApiException;
import io.kubrig.scheduler.api.KubernetesClusterApi;
import io.kubrig.scheduler.config.ConfigurationWriter;
import io.kubrig.scheduler.config.InvalidConfigurationException;
import io.kubrig.scheduler.config.SchedulerConfiguration;
import io.kubrig.scheduler.cycle.Scheduler;
import io.kubrig.scheduler.cycle.ScoreListener;
import io.kubrig.scheduler.explain.ScoreFile;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderServer;
import io.kubrig.scheduler.extender.Extenders;
import io.kubrig.scheduler.framework.PluginFactory;
import io.kubrig.scheduler.metrics.NativeMetrics;
import io.kubrig.scheduler.metrics.PodResources;
import io.kubrig.scheduler.plugins.BuiltinPlugins;
import io.kubrig.scheduler.plugins.external.PluginDirectory;
import io.kubrig.scheduler.shadow.ShadowApi;
import io.kubrig.scheduler.shadow.ShadowReport;
import io.kubrig.scheduler.tracing.AttemptTracing;
import io.kubrig.scheduler.tracing.SpanTracing;
import io.kubrig.scheduler.tracing.TracedApi;
import io.kubrig.scheduler.tracing.TracedExtender;
import io.kubrig.scheduler.whatif.Questions;
import io.opentelemetry.api.trace.Tracer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The scheduler as a program: serves its status from the start and schedules while it leads. A leader that loses its lease has failed. */
final class SchedulerComponent implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(SchedulerComponent.class);
  private static final String HEALTH_METRICS = "kubernetes_healthcheck";
  /** What {@code /statusz} names. */
  private static final List<String> PATHS = List.of("/configz", "/flagz", "/healthz", "/livez", "/metrics", "/readyz");
  private static final Duration STUCK = Duration.ofSeconds(20);
  private static final Duration STOP_WITHIN = Duration.ofSeconds(5);

  private final SchedulerFlags flags;
  private final ParsedFlags given;
  private final SchedulerConfiguration configuration;
  private final Environment environment;
  private final Instant created;
  private final Optional<StatusServer> status;
  private final ClusterApi api;
  private final Scheduler scheduler;
  private final Optional<ScoreFile> scores;
  private final Optional<Tracing> tracing;
  private final Optional<PluginDirectory> plugins;
  private final Optional<ShadowReport> shadow;
  private final Map<String, PluginFactory> builtin;
  private final LeaderGate gate = new LeaderGate(this::leads);
  private volatile LeaderElector elector; // written under the lock; read by every write
  /** Guarded by this. */
  private ExtenderServer extender;
  private KubernetesClient leaseClient;
  private Thread loop;
  private boolean schedules;
  private boolean closed;

  SchedulerComponent(SchedulerFlags flags, ParsedFlags given, SchedulerConfiguration configuration, Environment environment) {
    this.flags = flags;
    this.given = given;
    this.configuration = configuration;
    this.environment = environment;
    this.created = environment.clock().now();
    this.status = flags.serving().server(given, environment);
    String file = flags.explainFile(given);
    this.scores = file.isEmpty() ? Optional.empty() : Optional.of(new ScoreFile(Path.of(file)));
    String spans = flags.tracingConfigFile(given);
    this.tracing = spans.isEmpty() ? Optional.empty() : Optional.of(Tracing.start(TracingConfiguration.read(Path.of(spans)), name()));
    String jars = flags.pluginDir(given);
    this.plugins = jars.isEmpty() ? Optional.empty()
        : Optional.of(new PluginDirectory(Path.of(jars), flags.pluginTimeout(given), environment.clock()));
    this.builtin = BuiltinPlugins.registry(configuration);
    Optional<Tracer> tracer = tracing.map(t -> t.tracer("io.kubrig.scheduler"));
    ClusterApi real = tracer.<ClusterApi>map(t -> new TracedApi(new KubernetesClusterApi(openForScheduling()), t))
        .orElseGet(() -> new KubernetesClusterApi(openForScheduling()));
    ScoreListener listener = scores.<ScoreListener>map(s -> s).orElse(ScoreListener.NONE);
    if (flags.shadow(given)) {
      this.shadow = Optional.of(new ShadowReport(environment.metrics(), environment.clock()));
      ShadowApi asShadow = new ShadowApi(real, shadow.get(), environment.clock(), listener);
      listener = asShadow.scores();
      this.api = asShadow;
    } else {
      this.shadow = Optional.empty();
      this.api = real;
    }
    try {
      this.scheduler = new Scheduler(configuration, new Scheduler.Parts(api, environment.clock(), environment.random(), registry(),
          extenders(tracer), listener, new NativeMetrics(environment.metrics()), host(),
          tracer.<AttemptTracing>map(t -> new SpanTracing(t, environment.clock())).orElse(AttemptTracing.OFF)));
    } catch (InvalidConfigurationException e) {
      throw new StartException(e.getMessage(), e);
    }
    if (flags.explanations(given) > 0 && shadow.isEmpty()) {
      scheduler.keepExplanations(flags.explanations(given));
    }
  }

  /** The plugins that are there now. */
  private Map<String, PluginFactory> registry() {
    return plugins.map(p -> p.over(builtin)).orElse(builtin);
  }

  private List<Extender> extenders(Optional<Tracer> tracer) {
    List<Extender> all = Extenders.of(configuration);
    return tracer.map(t -> all.stream().<Extender>map(e -> new TracedExtender(e, t)).toList()).orElse(all);
  }

  private KubernetesClient open() {
    return environment.clients().open(client());
  }

  private KubernetesClient openForScheduling() {
    return environment.clients().open(elects() ? client().with(gate) : client());
  }

  private ClientSettings client() {
    ClientSettings settings = flags.client().settings(given);
    if (!flags.config(given).isEmpty()) {
      SchedulerConfiguration.Connection c = configuration.connection();
      settings = new ClientSettings(name(), c.kubeconfig(), settings.master(), c.qps(), c.burst());
    }
    return tracing.isPresent() ? settings.with(Tracing.headers()) : settings;
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost"; // a host without a name in its own resolver still schedules
    }
  }

  @Override
  public String name() {
    return SchedulerFlags.COMPONENT;
  }

  @Override
  public synchronized void start() {
    serveStatus();
    serveExtender();
    if (!elects()) {
      schedule();
      return;
    }
    if (!configuration.delayCacheUntilActive()) {
      scheduler.loop().standBy();
      run();
    }
    ElectionSettings settings = electionSettings();
    leaseClient = open();
    KubernetesLease lease = new KubernetesLease(leaseClient, environment.clock(), leaseNamespace(), settings.name(), name());
    elector = new LeaderElector(lease, settings, environment.clock(), environment.random(), environment.metrics(), new Leadership());
    elector.start();
  }

  /** Whether this process, which elects a leader, may write. */
  private boolean leads() {
    LeaderElector known = elector;
    return known != null && known.isLeading();
  }

  private boolean byConfig() {
    return !flags.config(given).isEmpty();
  }

  private String leaseNamespace() {
    return byConfig() ? configuration.leaderElection().resourceNamespace() : flags.election().namespace(given);
  }

  private ReloadEvents reloadEvents() {
    Optional<ObjectReference> lease = elects() ? Optional.of(ReloadEvents.lease(leaseNamespace(), electionSettings().name()))
        : Optional.empty();
    return new ReloadEvents(api, environment.clock(), ReloadEvents.subject(System.getenv(), lease), name(), name() + "-" + host());
  }

  private ElectionSettings electionSettings() {
    SchedulerConfiguration.LeaderElection c = configuration.leaderElection();
    try {
      return byConfig()
          ? new ElectionSettings(c.resourceName(), LeaderElectionFlags.identity(environment.random()), c.leaseDuration(), c.renewDeadline(),
              c.retryPeriod(), true)
          : flags.election().settings(given, environment.random());
    } catch (IllegalArgumentException e) {
      throw new StartException("couldn't create leader elector: " + e.getMessage(), e);
    }
  }

  /** A flag that is given wins over the file, the file over the flag's default. */
  private boolean elects() {
    if (flags.shadow(given)) {
      return false; // it does nothing that two could not do
    }
    return flags.config(given).isEmpty() || flags.isSet(given, "leader-elect") ? flags.election().wanted(given)
        : configuration.leaderElection().leaderElect();
  }

  private synchronized void schedule() {
    if (closed || schedules) {
      return;
    }
    schedules = true;
    scheduler.loop().lead(); // from now on the loop counts as busy, although its thread may not have begun
    plugins.ifPresent(p -> p.follow(builtin, new PluginReloads(scheduler, environment.metrics(), reloadEvents())));
    run();
  }

  /** Follows the cluster from now on. */
  private synchronized void run() {
    if (loop != null) {
      return;
    }
    loop = Thread.ofPlatform().name("scheduler").start(() -> {
      try {
        scheduler.run();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ClusterApiException e) {
        LOG.error("The scheduler cannot watch the cluster: {}", e.getMessage());
        environment.failures().failed(name(), e.getMessage());
      } catch (RuntimeException | Error e) { // a process that does not schedule must not look alive
        LOG.error("The scheduling thread has ended", e);
        environment.failures().failed(name(), e.toString());
      }
    });
  }

  private void serveStatus() {
    HealthCheck leading = HealthCheck.of("leaderElection", () -> {
      if (isStuck()) {
        throw new IllegalStateException("failed election to renew leadership on lease");
      }
    });
    HealthCheck answering = HealthCheck.of("plugins", () -> plugins.flatMap(PluginDirectory::stuck).ifPresent(name -> {
      throw new IllegalStateException("plugin " + name + " does not answer, not even to an interrupt");
    }));
    HealthCheck synced = HealthCheck.of("sched-handler-sync", () -> {
      if (isRunning() && !scheduler.isSynced()) {
        throw new IllegalStateException("handlers are not fully synchronized");
      }
    });
    HealthCheck open = HealthCheck.of("shutdown", () -> {
      if (isClosed()) {
        throw new IllegalStateException("process is shutting down");
      }
    });
    status.ifPresent(server -> {
      List<HealthCheck> checks = new ArrayList<>();
      if (elects()) {
        checks.add(leading);
      }
      List<HealthCheck> ready = new ArrayList<>(checks);
      ready.add(open);
      ready.add(synced);
      if (plugins.isPresent()) {
        checks.add(answering);
      }
      server.health(new HealthChecks("healthz", environment.metrics(), checks));
      server.health(new HealthChecks("livez", environment.metrics(), checks));
      server.health(new HealthChecks("readyz", environment.metrics(), ready));
      server.page("/flagz", Page.text(() -> StatusPages.flagz(name(), given.effective())));
      server.page("/statusz", Page.text(() -> StatusPages.statusz(name(), created, environment.clock(), PATHS)));
      Questions questions = new Questions(scheduler, configuration, this::registry, environment.clock());
      server.page("/debug/why", questions::why);
      server.page("/debug/simulate", questions::simulate);
      server.page("/debug/queue", questions::queue);
      server.page("/debug/cache", questions::cache);
      shadow.ifPresent(report -> server.page("/debug/shadow", Page.json(report::page)));
      server.page("/configz", Page.json(() -> Json.text(Tree.of("componentconfig", ConfigurationWriter.tree(configuration)))));
      if (environment.metrics() instanceof KubernetesRegistry registry) {
        server.page("/metrics", Page.metrics(() -> registry.scrape(metric -> !metric.startsWith(HEALTH_METRICS))));
        server.page("/metrics/slis", Page.metrics(() -> registry.scrape(metric -> metric.startsWith(HEALTH_METRICS))));
      }
      server.page("/metrics/resources", Page.metrics(this::podResources));
      server.start();
    });
  }

  /** Nothing while another process leads, whose page it is then. */
  private String podResources() {
    try {
      return schedules() ? PodResources.text(scheduler.knowledge().pods()) : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private synchronized boolean isRunning() {
    return loop != null;
  }

  private synchronized boolean schedules() {
    return schedules;
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private void serveExtender() {
    String address = flags.extenderAddress(given);
    if (!address.isEmpty()) {
      int colon = address.lastIndexOf(':');
      try {
        String host = address.substring(0, Math.max(colon, 0));
        extender = scheduler.serveAsExtender(new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1))));
      } catch (IllegalArgumentException e) {
        throw new StartException("invalid argument \"" + address + "\" for \"--extender-address\" flag: must be host:port", e);
      }
    }
  }

  private synchronized boolean isStuck() {
    return elector != null && elector.isStuck(STUCK);
  }

  @Override
  public void close() {
    LeaderElector candidate;
    Thread running;
    KubernetesClient lease;
    ExtenderServer served;
    synchronized (this) {
      closed = true;
      candidate = elector;
      running = loop;
      lease = leaseClient;
      elector = null;
      served = extender;
      extender = null;
      loop = null;
      leaseClient = null;
    }
    stop(running);
    if (candidate != null) {
      candidate.close();
    }
    if (lease != null) {
      lease.close();
    }
    if (served != null) {
      served.close();
    }
    status.ifPresent(StatusServer::close);
    plugins.ifPresent(PluginDirectory::close);
    scores.ifPresent(ScoreFile::close);
    tracing.ifPresent(Tracing::close);
  }

  private void stop(Thread running) {
    scheduler.stop();
    if (running == null) {
      return;
    }
    try {
      running.join(STOP_WITHIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    running.interrupt();
  }

  /** Schedules while this process leads. */
  private final class Leadership implements LeaderListener {
    @Override
    public void startedLeading() {
      schedule();
    }

    @Override
    public void stoppedLeading() {
      scheduler.stop();
      if (isClosed()) {
        LOG.info("Requested to terminate, exiting");
      } else {
        environment.failures().failed(name(), "leaderelection lost");
      }
      gate.drain(STOP_WITHIN);
    }
  }
}
