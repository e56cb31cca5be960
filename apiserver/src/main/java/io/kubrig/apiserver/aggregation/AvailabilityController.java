package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.admission.OwnWrites;
import io.kubrig.apiserver.aggregation.Availability.Finding;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.WorkQueue;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the condition {@code Available} of APIServices, and has what their servers publish read again. Checks one when it, its service
 * or its endpoints change, and every 30 seconds. (Source: kube-aggregator/pkg/controllers/status.)
 */
final class AvailabilityController implements AutoCloseable {
  static final String GROUP = "apiregistration.k8s.io";
  static final String PLURAL = "apiservices";
  private static final Logger LOG = LoggerFactory.getLogger(AvailabilityController.class);
  private static final Duration RESYNC = Duration.ofSeconds(30);
  private static final int WORKERS = 5;

  /** Reads what a server publishes; called when it is available, and when it no longer is or is gone. */
  interface Publications {
    void read(RemoteService service);

    void unavailable(RemoteService service);

    void gone(String apiService);
  }

  private final ObjectReader objects;
  private final OwnWrites writes;
  private final RemoteServices services;
  private final Availability availability;
  private final Publications publications;
  private final AvailabilityMetrics metrics;
  private final WorkQueue<String> queue;
  private final Clock clock;
  private final AtomicBoolean followsEndpoints = new AtomicBoolean();
  private final List<Thread> workers = new CopyOnWriteArrayList<>();

  /** What the controller works with. */
  record Parts(
      ObjectReader objects,
      OwnWrites writes,
      RemoteServices services,
      Availability availability,
      Publications publications,
      AvailabilityMetrics metrics,
      Clock clock) {}

  AvailabilityController(Parts parts, WorkQueue<String> queue) {
    objects = parts.objects;
    writes = parts.writes;
    services = parts.services;
    availability = parts.availability;
    publications = parts.publications;
    metrics = parts.metrics;
    clock = parts.clock;
    this.queue = queue;
  }

  void start() {
    for (int i = 0; i < WORKERS; i++) {
      workers.add(Thread.ofVirtual().name("apiservices-" + i).start(this::run));
    }
  }

  private void run() {
    try {
      for (Optional<String> name = queue.take(); name.isPresent(); name = queue.take()) {
        work(name.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work(String name) throws InterruptedException {
    try {
      if (sync(name)) {
        queue.forget(name);
      } else {
        queue.addRateLimited(name);
      }
    } catch (ApiException e) {
      LOG.warn("the availability of APIService {} could not be written and is looked at again: {}", name, e.getMessage());
      queue.addRateLimited(name);
    } finally {
      queue.done(name);
    }
  }

  /** Looks at one APIService. Answers false when it is to be looked at again soon. */
  private boolean sync(String name) throws InterruptedException {
    Optional<Tree> object = objects.get(GROUP, PLURAL, "", name);
    if (object.isEmpty()) {
      metrics.forget(name);
      publications.gone(name);
      return true;
    }
    if (!(object.get().tree("spec").get("service") instanceof Tree)) {
      publications.gone(name);
      return write(object.get(), Finding.LOCAL);
    }
    followEndpoints();
    RemoteService remote = RemoteService.of(object.get());
    Finding finding = availability.of(remote);
    boolean written = write(object.get(), finding);
    if (finding.available()) {
      publications.read(remote);
    } else {
      publications.unavailable(remote);
    }
    queue.addAfter(name, RESYNC);
    return written && !finding.retry();
  }

  /** Services and endpoints matter only to clusters with aggregated servers. */
  private void followEndpoints() {
    if (followsEndpoints.compareAndSet(false, true)) {
      objects.follow("", "services", touching(object -> object.tree("metadata").string("name")));
      objects.follow(
          "discovery.k8s.io",
          "endpointslices",
          touching(object -> object.at("metadata", "labels").string("kubernetes.io/service-name")));
    }
  }

  private ObjectReader.Follower touching(Function<Tree, String> service) {
    return new ObjectReader.Follower() {
      @Override
      public void put(Tree object) {
        String namespace = object.tree("metadata").string("namespace");
        String name = service.apply(object);
        services.all().stream().filter(remote -> remote.uses(namespace, name)).forEach(remote -> queue.add(remote.name()));
      }

      @Override
      public void removed(Tree object) {
        put(object);
      }
    };
  }

  /** Answers false when the object has been changed meanwhile. */
  private boolean write(Tree object, Finding finding) {
    String name = object.tree("metadata").string("name");
    metrics.set(name, finding.available());
    Tree changed = object.copy();
    List<Object> conditions = changed.need("status").needList("conditions");
    Optional<Tree> before =
        changed.tree("status").trees("conditions").stream().filter(condition -> condition.string("type").equals("Available")).findFirst();
    String status = finding.available() ? "True" : "False";
    boolean turned = before.map(condition -> !condition.string("status").equals(status)).orElse(true);
    String since = turned ? Timestamps.format(clock.now()) : before.get().string("lastTransitionTime");
    Tree after =
        Tree.of("type", "Available", "status", status, "lastTransitionTime", since)
            .set("reason", finding.reason())
            .set("message", finding.message());
    if (before.isPresent() && before.get().equals(after)) {
      return true;
    }
    List<Object> next = new ArrayList<>();
    conditions.stream().filter(condition -> before.isEmpty() || !condition.equals(before.get())).forEach(next::add);
    next.add(after);
    changed.need("status").set("conditions", next);
    boolean written = writes.replaceStatus(GROUP, PLURAL, changed);
    if (written && turned && !finding.available()) {
      metrics.becameUnavailable(name, finding.reason());
      LOG.warn("APIService {} is not available: {}: {}", name, finding.reason(), finding.message());
    }
    return written;
  }

  @Override
  public void close() {
    queue.shutDown();
    workers.forEach(Thread::interrupt);
  }
}
