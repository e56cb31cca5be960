package io.kubrig.apiserver.aggregation;

import io.kubrig.apiserver.admission.OwnWrites;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.discovery.ServedApis;
import io.kubrig.apiserver.discovery.ServedGroup;
import io.kubrig.apiserver.discovery.ServedVersion;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.queue.WorkQueue;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an APIService object for every version of custom resources; those that others made are left alone. (Source:
 * pkg/controlplane/controller/crdregistration, kube-aggregator/pkg/controllers/autoregister.)
 */
final class AutoRegistration implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AutoRegistration.class);
  private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";

  private final ObjectReader objects;
  private final OwnWrites writes;
  private final ServedApis served;
  private final WorkQueue<String> queue;
  private volatile Thread worker;

  AutoRegistration(ObjectReader objects, OwnWrites writes, ServedApis served, WorkQueue<String> queue) {
    this.objects = objects;
    this.writes = writes;
    this.served = served;
    this.queue = queue;
  }

  void start() {
    served.onChange(this::look);
    look(served.snapshot());
    worker = Thread.ofVirtual().name("apiservices-auto").start(this::run);
  }

  /** Those that are served now and those that may be no longer. */
  private void look(ServedApis.Snapshot snapshot) {
    for (ServedGroup group : snapshot.named()) {
      for (ServedVersion version : group.versions()) {
        if (version.origin() == ServedVersion.Origin.CUSTOM) {
          queue.add(version.version() + "." + group.name());
        }
      }
    }
    registered().forEach(queue::add);
  }

  private List<String> registered() {
    return objects.list(AvailabilityController.GROUP, AvailabilityController.PLURAL, "").stream()
        .filter(AutoRegistration::isManaged)
        .map(object -> object.tree("metadata").string("name"))
        .toList();
  }

  private static boolean isManaged(Tree object) {
    return object.at("metadata", "labels").string(MANAGED).equals("true");
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

  private void work(String name) {
    try {
      sync(name);
      queue.forget(name);
    } catch (ApiException e) {
      LOG.warn("APIService {} could not be brought up to date and is tried again: {}", name, e.getMessage());
      queue.addRateLimited(name);
    } finally {
      queue.done(name);
    }
  }

  private void sync(String name) {
    int dot = name.indexOf('.');
    String group = name.substring(dot + 1);
    String version = name.substring(0, dot);
    boolean wanted =
        served
            .snapshot()
            .group(group)
            .flatMap(known -> known.version(version))
            .filter(known -> known.origin() == ServedVersion.Origin.CUSTOM)
            .isPresent();
    Optional<Tree> object = objects.get(AvailabilityController.GROUP, AvailabilityController.PLURAL, "", name);
    if (object.isEmpty() && wanted) {
      writes.create(AvailabilityController.GROUP, AvailabilityController.PLURAL, made(name, group, version));
    } else if (object.isPresent() && !wanted && isManaged(object.get())) {
      writes.delete(AvailabilityController.GROUP, AvailabilityController.PLURAL, "", name);
    }
  }

  private static Tree made(String name, String group, String version) {
    Tree metadata = Tree.of("name", name, "labels", Tree.of(MANAGED, "true"));
    Tree spec = Tree.of("group", group, "version", version, "groupPriorityMinimum", 1000L, "versionPriority", 100L);
    return Tree.of("kind", "APIService", "apiVersion", "apiregistration.k8s.io/v1", "metadata", metadata, "spec", spec);
  }

  @Override
  public void close() {
    queue.shutDown();
    if (worker != null) {
      worker.interrupt();
    }
  }
}
