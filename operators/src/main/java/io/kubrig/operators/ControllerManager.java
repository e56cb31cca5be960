package io.kubrig.operators;

import io.kubrig.machinery.component.Component;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.machinery.health.HealthCheck;
import io.kubrig.machinery.health.HealthChecks;
import io.kubrig.machinery.health.Page;
import io.kubrig.machinery.health.StatusPages;
import io.kubrig.machinery.health.StatusServer;
import io.kubrig.machinery.leader.ElectionSettings;
import io.kubrig.machinery.leader.KubernetesLease;
import io.kubrig.machinery.leader.LeaderElector;
import io.kubrig.machinery.leader.LeaderGate;
import io.kubrig.machinery.leader.LeaderListener;
import io.kubrig.machinery.metrics.KubernetesRegistry;
import io.kubrig.operators.cloud.CloudProviders;
import io.kubrig.operators.shadow.ShadowReport;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A controller manager: it serves its status from the start, and runs its controllers while it leads. A leader that loses its lease has
 * failed: it must not go on, and whoever runs it ends it.
 */
final class ControllerManager implements Component {
  private static final Duration STUCK = Duration.ofSeconds(20);

  /** How long the answers to writes under way are waited for before the lease is handed back. */
  private static final Duration ANSWERS = Duration.ofSeconds(5);

  private final ControllerManagerOptions options;
  private final Environment environment;
  private final LeaderGate gate;
  private final ManagerClients clients;
  private final ControllerGroup controllers;
  private final Optional<StatusServer> status;
  private final Optional<ElectionSettings> election;
  private final Optional<ShadowReport> shadow;
  private final boolean acts;
  private final ControllerManagerFlags flags;
  private final Instant started;
  private volatile LeaderElector elector; // set by start, closed by close, under the lock; read by every write

  ControllerManager(ControllerManagerFlags flags, ControllerManagerOptions options, Environment environment,
      List<ControllerDescriptor> known) {
    this.flags = flags;
    this.started = environment.clock().now();
    this.options = options;
    this.environment = environment;
    boolean plans = options.bool(ControllerManagerFlags.PLAN);
    boolean shadows = options.bool(ControllerManagerFlags.SHADOW);
    checkModes(options, plans, shadows);
    this.acts = !plans && !shadows;
    this.shadow = shadows ? Optional.of(new ShadowReport(environment.metrics(), environment.clock())) : Optional.empty();
    this.gate = new LeaderGate(this::leads);
    this.clients = new ManagerClients(options, environment, shadows ? WriteGate.shadowing() : plans ? WriteGate.planning() : gate);
    ControllerSelection selection = new ControllerSelection(options.strings("controllers"), known);
    List<ControllerDescriptor> chosen =
        known.stream().filter(controller -> selection.includes(controller) && CloudProviders.serves(controller.name(), options))
            .filter(controller -> !shadows || !CloudProviders.isAsked(controller.name())).toList();
    this.controllers = new ControllerGroup(chosen, clients, options, environment, shadow);
    this.status = flags.serving().server(options.given(), environment);
    this.election = flags.election().wanted(options.given()) && acts // who only plans must not keep another from leading
        ? Optional.of(flags.election().settings(options.given(), environment.random())) : Optional.empty();
  }

  private static void checkModes(ControllerManagerOptions options, boolean plans, boolean shadows) {
    if (plans && shadows) {
      throw new StartException("--plan and --shadow exclude each other");
    }
    if (shadows && options.bool("use-service-account-credentials")) {
      throw new StartException("--shadow writes nothing, so that it has no tokens for --use-service-account-credentials: its own user "
          + "needs the rights of the controllers");
    }
    if (shadows && !options.duration(ControllerManagerFlags.SHADOW_PATIENCE).isPositive()) {
      throw new StartException("--" + ControllerManagerFlags.SHADOW_PATIENCE + " must be positive");
    }
  }

  @Override
  public String name() {
    return ControllerManagerOptions.COMPONENT;
  }

  @Override
  public synchronized void start() {
    serveStatus();
    if (election.isEmpty()) {
      run();
      return;
    }
    String namespace = flags.election().namespace(options.given());
    KubernetesLease lease = new KubernetesLease(
        clients.open("leader-election"), environment.clock(), namespace, flags.election().name(options.given()), name());
    elector = new LeaderElector(lease, election.get(), environment.clock(), environment.random(), environment.metrics(), new Leadership());
    elector.start();
    if (options.bool(ControllerManagerFlags.STANDBY_CACHES)) {
      controllers.standBy(); // after it has begun to see the lease: the earlier, the earlier it may take it
    }
  }

  /** A leader whose controllers do not run must not keep another from leading. */
  private void run() {
    try {
      controllers.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (StartException e) {
      if (election.isEmpty()) {
        throw e;
      }
      environment.failures().failed(name(), e.getMessage());
    }
  }

  private void serveStatus() {
    HealthCheck leading = new HealthCheck() {
      @Override
      public String name() {
        return "leaderElection";
      }

      @Override
      public void check() {
        if (isStuck()) {
          throw new IllegalStateException("failed election to renew leadership on lease");
        }
      }
    };
    status.ifPresent(server -> {
      for (String endpoint : List.of("healthz", "livez", "readyz")) {
        server.health(new HealthChecks(endpoint, environment.metrics(), List.of(HealthCheck.ping(), leading)));
      }
      server.page("/flagz", Page.text(() -> StatusPages.flagz(name(), options.effective())));
      server.page("/configz", Page.json(() -> EffectiveConfiguration.json(options)));
      server.page("/statusz", Page.text(() -> StatusPages.statusz(name(), started, environment.clock())));
      server.page("/debug/waiting", new WaitingPage(controllers, () -> acts && leads()));
      shadow.ifPresent(report -> server.page("/debug/shadow", Page.json(report::page)));
      if (environment.metrics() instanceof KubernetesRegistry registry) {
        server.page("/metrics", Page.metrics(registry::scrape));
      }
      server.start();
    });
  }

  /** Whether the controllers may write. */
  private boolean leads() {
    LeaderElector candidate = elector;
    return election.isEmpty() || candidate != null && candidate.isLeading();
  }

  private boolean isStuck() {
    LeaderElector candidate = elector;
    return candidate != null && candidate.isStuck(STUCK);
  }

  @Override
  public void close() {
    LeaderElector candidate;
    synchronized (this) {
      candidate = elector;
      elector = null;
    }
    controllers.close();
    if (candidate != null) {
      candidate.close();
    }
    status.ifPresent(StatusServer::close);
    clients.close();
  }

  /** Runs the controllers while this process leads. */
  private final class Leadership implements LeaderListener {
    @Override
    public void startedLeading() {
      Thread.ofVirtual().name("controllers").start(ControllerManager.this::run);
    }

    @Override
    public void stoppedLeading() {
      controllers.close();
      environment.failures().failed(name(), "leaderelection lost");
      gate.drain(ANSWERS);
    }
  }
}
