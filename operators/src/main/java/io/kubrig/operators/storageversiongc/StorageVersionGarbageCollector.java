package io.kubrig.operators.storageversiongc;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Controller;
import io.kubrig.operators.engine.ControllerContext;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Outcome;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.metadata.Discovery;
import io.kubrig.operators.metadata.MetadataClient;
import io.kubrig.operators.metadata.MetadataInformer;
import io.kubrig.operators.metadata.ResourceType;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keys are StorageVersions, and one that stands for the beginning and for every API server that goes. */
public final class StorageVersionGarbageCollector implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(StorageVersionGarbageCollector.class);
  private static final String GROUP_VERSION = "internal.apiserver.k8s.io/v1alpha1";
  private static final String KIND = "StorageVersion";
  private static final String NAMESPACE = "kube-system";
  private static final String COMPONENT_LABEL = "apiserver.kubernetes.io/identity";
  private static final String API_SERVER = "kube-apiserver";
  private static final String JSON = "application/json";
  private static final Key ALL = new Key("all", "versions");

  private final Api api;
  private final Clock clock;
  private final MetadataClient client;
  private final Cached<Lease> leases;
  private final boolean enabled;
  private volatile Queue queue; // set by watch, before anything runs
  private volatile MetadataInformer versions; // set once, before there is a key of a version

  /** A controller in a manager. */
  public StorageVersionGarbageCollector(ControllerContext context) {
    this.api = context.api();
    this.clock = context.clock();
    this.client = new MetadataClient(api.client());
    this.leases = context.caches().of(Lease.class);
    this.enabled = context.options().feature("APIServerIdentity", true) && context.options().feature("StorageVersionAPI", false);
  }

  @Override
  public void watch(Queue work) {
    queue = work;
    leases.watch(added -> { }, (before, after) -> { }, gone -> {
      if (enabled && isServer(gone)) {
        work.add(ALL);
      }
    });
  }

  private static boolean isServer(Lease lease) {
    return NAMESPACE.equals(lease.getMetadata().getNamespace()) && API_SERVER.equals(Objects.labels(lease).get(COMPONENT_LABEL));
  }

  @Override
  public void started() {
    if (enabled) {
      queue.add(ALL);
    }
  }

  @Override
  public void stopped() {
    if (versions != null) {
      versions.close();
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    if (versions == null && !begin()) {
      return Outcome.DONE;
    }
    if (key.equals(ALL)) {
      client.list(versions.type(), "").items().forEach(version -> queue.add(Key.of(version.getName())));
      return Outcome.DONE;
    }
    String path = versions.type().path("", key.name());
    Optional<JsonNode> version = read(path);
    if (version.isPresent()) {
      apply(path, StorageVersionPlan.of(version.get(), this::lives, clock.now()));
    }
    return Outcome.DONE;
  }

  private boolean begin() {
    Optional<ResourceType> type = Discovery.of(client).kind(GROUP_VERSION, KIND);
    if (type.isEmpty()) {
      LOG.warn("storageversion-garbage-collector-controller: the server does not serve {} {}, so there is nothing to collect",
          GROUP_VERSION, KIND);
      return false;
    }
    versions = new MetadataInformer(type.get(), client, clock, (kind, before, after) -> {
      if (after != null) {
        queue.add(Key.of(after.getName()));
      }
    });
    return true;
  }

  private Optional<JsonNode> read(String path) {
    try {
      return Optional.of(client.json(path, JSON));
    } catch (KubernetesClientException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Asks the server where the cache does not know: what is taken away does not come back before that API server starts again. */
  private boolean lives(String identity) {
    return leases.get(NAMESPACE, identity).or(() -> api.live(Lease.class, NAMESPACE, identity))
        .filter(StorageVersionGarbageCollector::isServer).isPresent();
  }

  private void apply(String path, StorageVersionPlan plan) {
    switch (plan) {
      case StorageVersionPlan.Keep keep -> { }
      case StorageVersionPlan.Delete delete -> delete(delete.name(), delete.revision());
      case StorageVersionPlan.Update update -> client.replace(path + "/status", update.fresh());
    }
  }

  /** Only as it was judged: an API server may have entered itself meanwhile. */
  private void delete(String name, String revision) {
    try {
      client.delete(versions.type(), "", name, new Api.Deletion(null, revision, null, null));
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
