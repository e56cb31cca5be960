package io.kubrig.operators;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubrig.machinery.component.Environment;
import io.kubrig.machinery.component.StartException;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.Caches;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Loop;
import io.kubrig.operators.engine.QueueMetrics;
import io.kubrig.operators.engine.SettledController;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.metadata.CatchUp;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.shadow.ShadowController;
import io.kubrig.operators.shadow.ShadowLedger;
import io.kubrig.operators.shadow.ShadowReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The chosen controllers over one set of caches: made to stand by or not, started once, closed once. */
final class ControllerGroup implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControllerGroup.class);

  /** Writes under way at once. A server lets 250 requests share a connection (its default), watches included. */
  private static final int WRITES = 100;

  /** After this time what the leader before wrote must be known. */
  private static final Duration CATCH_UP = Duration.ofMinutes(1);

  private final List<ControllerDescriptor> chosen;
  private final ManagerClients clients;
  private final ControllerManagerOptions options;
  private final Environment environment;
  private final Optional<ShadowReport> shadow;
  private final Semaphore writes = new Semaphore(WRITES);
  private final List<Part> running = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>(); // guarded by itself
  private volatile Caches caches; // set once by prepare; null before
  private KubernetesClient cacheClient; // set once with the caches
  private List<Part> parts = List.of(); // set once with the caches
  private volatile boolean stoodBy; // set before the caches begin, where they begin before this process leads
  private volatile boolean closed; // written by close, read by a start that runs meanwhile

  /** A controller, the loop that it works in, and what it writes through. */
  private record Part(Loop loop, Controller controller, Api api) {}

  ControllerGroup(List<ControllerDescriptor> chosen, ManagerClients clients, ControllerManagerOptions options, Environment environment,
      Optional<ShadowReport> shadow) {
    this.chosen = chosen;
    this.shadow = shadow;
    this.clients = clients;
    this.options = options;
    this.environment = environment;
  }

  /** Makes the controllers and begins to fill their caches, and returns. Nothing is decided before {@link #start}. */
  void standBy() {
    prepare();
    stoodBy = true;
    caches.begin();
  }

  /**
   * Fills the caches and lets the controllers run. Returns when they do.
   *
   * @throws StartException when the caches do not follow the server
   */
  void start() throws InterruptedException {
    prepare();
    for (Part part : parts) {
      LOG.info("Starting controller {}", part.loop.name());
      part.controller.watch(part.loop);
      running.add(part);
    }
    caches.start();
    if (stoodBy) {
      catchUp();
    }
    for (Part part : parts) {
      if (closed) {
        return;
      }
      part.loop.start();
    }
    LOG.info("{} controllers run", parts.size());
  }

  /** Caches that are listed only now show all that the leader before has written; those that have waited may yet have to hear of it. */
  private void catchUp() throws InterruptedException {
    List<String> behind = new CatchUp(new MetadataClient(cacheClient), environment.clock()).await(caches, CATCH_UP);
    if (!behind.isEmpty() && !closed) {
      throw new StartException("the caches of " + String.join(", ", behind) + " do not follow the API server");
    }
  }

  private synchronized void prepare() {
    if (caches == null) {
      cacheClient = clients.ofCaches();
      caches = closing(new Caches(clients.informers(cacheClient)));
      parts = chosen.stream().map(this::part).toList();
    }
  }

  /** What every controller is waiting for; nothing before the start. */
  List<WaitingPage.Part> waiting() {
    return running.stream().map(part -> new WaitingPage.Part(part.loop.name(), part.loop.waiting(), part.api.awaited())).toList();
  }

  /** The kinds whose caches have not been filled yet. */
  List<String> unsynced() {
    Caches known = caches;
    return known == null ? List.of() : known.unsynced();
  }

  private Part part(ControllerDescriptor descriptor) {
    Api api = new Api(clients.ofController(descriptor), caches, writes, shadow.isEmpty());
    ControllerContext context = new ControllerContext(api, caches, environment.clock(), environment.random(),
        component -> closing(new EventRecorder(component, api, environment.clock())), options, environment.metrics());
    Controller made = descriptor.factory().apply(context);
    Controller controller = shadow.<Controller>map(report -> new ShadowController(made, new ShadowLedger(descriptor.name(),
        options.duration(ControllerManagerFlags.SHADOW_PATIENCE), environment.clock(), report)))
        .orElseGet(() -> new SettledController(made, api));
    QueueMetrics metrics = new QueueMetrics(descriptor.name(), environment.metrics(), environment.clock());
    Loop loop = closing(new Loop(descriptor.name(), controller, descriptor.workers(options), environment.clock(), metrics));
    return new Part(loop, controller, api);
  }

  private <C extends AutoCloseable> C closing(C resource) {
    synchronized (open) {
      open.add(resource);
    }
    return resource;
  }

  @Override
  public void close() {
    closed = true;
    List<AutoCloseable> resources;
    synchronized (open) {
      resources = List.copyOf(open).reversed();
      open.clear();
    }
    running.clear();
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.warn("{} did not close cleanly", resource, e);
      }
    }
  }
}
