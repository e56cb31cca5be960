package io.kubrig.operators.storageversionmigration;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.operators.engine.ApiErrors;
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
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out storage version migrations. Keys are migrations. */
public final class StorageVersionMigratorController implements Controller {
  private static final Logger LOG = LoggerFactory.getLogger(StorageVersionMigratorController.class);
  private static final String GROUP_VERSION = "storagemigration.k8s.io/v1beta1";
  private static final String KIND = "StorageVersionMigration";
  private static final Key BEGIN = new Key("begin", "watch");
  private static final int CONFLICT = 409;
  private static final int TOO_MANY = 429;

  /** So long after its making a migration waits for its resource to be served. */
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Clock clock;
  private final MetadataClient client;
  private final boolean enabled;
  private volatile Queue queue; // set by watch, before anything runs
  private volatile MetadataInformer migrations; // set once, before there is a key of a migration

  /** A controller in a manager. */
  public StorageVersionMigratorController(ControllerContext context) {
    this.clock = context.clock();
    this.client = new MetadataClient(context.api().client());
    this.enabled = context.options().feature("StorageVersionMigrator", false);
  }

  @Override
  public void watch(Queue queue) {
    this.queue = queue;
  }

  @Override
  public void started() {
    if (enabled) {
      queue.add(BEGIN);
    }
  }

  /** Watches migrations, if the server knows the kind. */
  private void begin() {
    Optional<ResourceType> type = Discovery.of(client).kind(GROUP_VERSION, KIND);
    if (type.isEmpty()) {
      LOG.warn("storage-version-migrator-controller: the server does not serve {} {}, so nothing will be migrated", GROUP_VERSION, KIND);
      return;
    }
    migrations = new MetadataInformer(type.get(), client, clock, (kind, before, after) -> {
      if (after != null) {
        queue.add(Key.of(after.getName()));
      }
    });
  }

  @Override
  public void stopped() {
    if (migrations != null) {
      migrations.close();
    }
  }

  @Override
  public Outcome reconcile(Key key) {
    if (key.equals(BEGIN)) {
      begin();
      return Outcome.DONE;
    }
    String path = migrations.type().path("", key.name());
    Optional<JsonNode> found = read(path);
    if (found.isEmpty() || MigrationStatus.isOver(found.get())) {
      return Outcome.DONE;
    }
    JsonNode migration = MigrationStatus.isRunning(found.get()) ? found.get()
        : client.replace(path + "/status", MigrationStatus.running(found.get(), clock.now()));
    Optional<ResourceType> type = type(migration);
    if (type.isPresent()) {
      migrate(path, migration, type.get());
      return Outcome.DONE;
    }
    if (isYoung(migration)) {
      return Outcome.RETRY; // what was defined a moment ago may not be served yet
    }
    client.replace(path + "/status", MigrationStatus.failed(migration, "resource does not exist in discovery", clock.now()));
    return Outcome.DONE;
  }

  private Optional<ResourceType> type(JsonNode migration) {
    String group = migration.at("/spec/resource/group").asText("");
    String resource = migration.at("/spec/resource/resource").asText();
    return Discovery.of(client).preferred().stream()
        .filter(found -> found.group().equals(group) && found.plural().equals(resource) && found.serves("list", "patch")).findFirst();
  }

  private boolean isYoung(JsonNode migration) {
    return Objects.time(migration.at("/metadata/creationTimestamp").asText()).filter(made -> made.plus(PATIENCE).isAfter(clock.now()))
        .isPresent();
  }

  private Optional<JsonNode> read(String path) {
    try {
      return Optional.of(client.json(path, "application/json"));
    } catch (KubernetesClientException e) {
      if (ApiErrors.isNotFound(e)) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The revision at which the objects were listed first stays: what is newer has been written since, whoever is asked again. */
  private void migrate(String path, JsonNode migration, ResourceType type) {
    MetadataClient.Listing objects = client.list(type, "");
    JsonNode begun = MigrationStatus.revision(migration).isPresent() ? migration
        : client.replace(path + "/status", MigrationStatus.begun(migration, objects.revision()));
    long revision = Long.parseLong(MigrationStatus.revision(begun).orElseThrow());
    try {
      objects.items().stream().filter(object -> Long.parseLong(object.getResourceVersion()) <= revision)
          .forEach(object -> rewrite(type, object));
    } catch (KubernetesClientException e) {
      if (isPassing(e)) {
        throw e; // all is tried again
      }
      client.replace(path + "/status",
          MigrationStatus.failed(begun, "migration encountered unhandled error: " + ApiErrors.message(e), clock.now()));
      return;
    }
    client.replace(path + "/status", MigrationStatus.succeeded(begun, clock.now()));
  }

  /** Whether a failure says nothing of the object: the server is not there, is too busy, or has a trouble of its own. */
  private static boolean isPassing(KubernetesClientException e) {
    return !ApiErrors.isAnswer(e) || e.getCode() == TOO_MANY || e.getCode() >= 500;
  }

  /** Writes an object as it is. One that is gone or was written by someone else meanwhile needs no more. */
  private void rewrite(ResourceType type, ObjectMeta object) {
    try {
      client.patch(type, object.getNamespace(), object.getName(), "application/merge-patch+json",
          Map.of("metadata", Map.of("uid", object.getUid(), "resourceVersion", object.getResourceVersion())));
    } catch (KubernetesClientException e) {
      if (!ApiErrors.isNotFound(e) && e.getCode() != CONFLICT) {
        throw e;
      }
    }
  }
}
