package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.authn.UserInfo;
import io.kubrig.apiserver.authz.ObjectReader;
import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.registry.ResourceCatalog;
import io.kubrig.apiserver.registry.Writer;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.queue.WorkQueue;
import io.kubrig.machinery.tree.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the server itself does to definitions: accepts their names, establishes them, and deletes their objects before they go. Works on one
 * definition at a time, so that no name is accepted twice. (Source: apiextensions-apiserver/pkg/controller/{status,establish,finalizer}.)
 */
public final class DefinitionController implements ObjectReader.Follower, AutoCloseable {
  static final String GROUP = "apiextensions.k8s.io";
  static final String PLURAL = "customresourcedefinitions";
  private static final Logger LOG = LoggerFactory.getLogger(DefinitionController.class);
  private static final UserInfo SELF = UserInfo.of("system:apiserver", "system:masters");
  private static final Operation.Options OPTIONS = new Operation.Options(false, "kube-apiserver", false, Operation.FieldValidation.IGNORE);
  private static final Duration RECHECK = Duration.ofSeconds(1);

  private final Parts parts;
  private final CustomResources serving;
  private final WorkQueue<String> queue;
  private volatile Thread worker;

  /** What the controller works with. */
  public record Parts(ObjectReader objects, ObjectStore store, ResourceCatalog catalog, Writer writer, Deleter deleter, Clock clock) {}

  public DefinitionController(Parts parts, CustomResources serving, WorkQueue<String> queue) {
    this.parts = parts;
    this.serving = serving;
    this.queue = queue;
  }

  /** Follows the definitions from now on and works on them until closed. */
  public void start() {
    parts.objects().follow(GROUP, PLURAL, this);
    worker = Thread.ofVirtual().name("customresourcedefinitions").start(this::run);
  }

  @Override
  public void put(Tree crd) {
    serving.put(crd);
    queue.add(crd.tree("metadata").string("name"));
  }

  @Override
  public void removed(Tree crd) {
    serving.removed(crd);
    others(crd.tree("metadata").string("name"), crd.tree("spec").string("group"));
  }

  /** A name may have become free. */
  private void others(String name, String group) {
    for (Tree other : parts.objects().list(GROUP, PLURAL, "")) {
      String otherName = other.tree("metadata").string("name");
      if (other.tree("spec").string("group").equals(group) && !otherName.equals(name)) {
        queue.add(otherName);
      }
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

  private void work(String name) {
    try {
      sync(name);
      queue.forget(name);
    } catch (ApiException e) {
      if (e.code() != 404 && e.code() != 409) { // gone or changed meanwhile: its next change brings it back
        LOG.warn("customresourcedefinition {} could not be brought up to date and is tried again: {}", name, e.getMessage());
        queue.addRateLimited(name);
      }
    } finally {
      queue.done(name);
    }
  }

  /** Brings one definition one or more steps forward. */
  void sync(String name) {
    Optional<Tree> found = parts.objects().get(GROUP, PLURAL, "", name);
    if (found.isEmpty()) {
      return;
    }
    Tree crd = found.get();
    NameClaims claims = NameClaims.of(crd, parts.objects().list(GROUP, PLURAL, ""));
    if (claims.changes(crd)) {
      crd = update(crd, changed -> claims.apply(changed, parts.clock().now()));
      others(name, crd.tree("spec").string("group"));
    }
    boolean accepted = Definition.isTrue(crd, "NamesAccepted");
    if (accepted && !Definition.isTrue(crd, "Established")) {
      crd =
          update(
              crd,
              changed ->
                  DefinitionKind.setCondition(
                      changed, "Established", "True", "InitialNamesAccepted", "the initial names have been accepted", parts.clock().now()));
    }
    if (crd.tree("metadata").get("deletionTimestamp") != null
        && crd.tree("metadata").strings("finalizers").contains(DefinitionKind.CLEANUP)) {
      finish(crd);
    }
  }

  private interface Edit {
    void on(Tree crd);
  }

  private Tree update(Tree crd, Edit edit) {
    Tree metadata = crd.tree("metadata");
    Resource resource = definitions();
    Operation operation =
        new Operation(
            Operation.Verb.UPDATE, resource, "v1", "status", "", metadata.string("name"), SELF, OPTIONS, parts.clock().now());
    Writer.Change change =
        current -> {
          current.need("metadata").set("resourceVersion", metadata.string("resourceVersion"));
          edit.on(current);
          return current;
        };
    Writer.Update update = new Writer.Update(Lens.STATUS, change, false, false, false, false,
        Tree.of("kind", "UpdateOptions", "apiVersion", "meta.k8s.io/v1"));
    return parts.writer().update(operation, update).object();
  }

  private Resource definitions() {
    return parts.catalog().resource(GROUP, PLURAL).orElseThrow();
  }

  // ---- deletion ------------------------------------------------------------------------------------------------------

  private void finish(Tree crd) {
    String name = crd.tree("metadata").string("name");
    String reason = Definition.condition(crd, "Terminating").map(condition -> condition.string("reason")).orElse("");
    Tree marked = crd;
    if (!reason.equals("InstanceDeletionInProgress")) {
      marked =
          update(
              crd,
              changed ->
                  DefinitionKind.setCondition(
                      changed, "Terminating", "True", "InstanceDeletionInProgress", "CustomResource deletion is in progress",
                          parts.clock().now()));
    }
    boolean established = Definition.isTrue(crd, "Established");
    if (established && !deleteObjects(crd)) {
      queue.addAfter(name, RECHECK);
      return;
    }
    serving.withdraw(name);
    update(
        marked,
        changed -> {
          DefinitionKind.setCondition(
              changed,
              "Terminating",
              "False",
              established ? "InstanceDeletionCompleted" : "NeverEstablished",
              established ? "removed all instances" : "resource was never established",
              parts.clock().now());
          Tree metadata = changed.need("metadata");
          List<Object> finalizers = metadata.needList("finalizers");
          finalizers.remove(DefinitionKind.CLEANUP);
          if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
          }
        });
  }

  /** Whether none is left. */
  private boolean deleteObjects(Tree crd) {
    Tree names = crd.at("status", "acceptedNames");
    Optional<Resource> known = parts.catalog().resource(crd.tree("spec").string("group"), names.string("plural"));
    if (known.isEmpty()) {
      return true;
    }
    Resource resource = known.get();
    for (Entry entry : entries(resource)) {
      Tree metadata = ObjectStore.tree(entry).tree("metadata");
      if (metadata.get("deletionTimestamp") == null) {
        delete(resource, metadata);
      }
    }
    return entries(resource).isEmpty();
  }

  private List<Entry> entries(Resource resource) {
    return parts.store().storage().keyspace().current().list(resource.prefix(""));
  }

  private void delete(Resource resource, Tree metadata) {
    Operation operation =
        new Operation(
            Operation.Verb.DELETE,
            resource,
            resource.storageGvk().version(),
            "",
            metadata.string("namespace"),
            metadata.string("name"),
            SELF,
            OPTIONS,
            parts.clock().now());
    try {
      parts.deleter().delete(operation, Tree.of("kind", "DeleteOptions", "apiVersion", "meta.k8s.io/v1"));
    } catch (ApiException e) {
      if (e.code() != 404) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    queue.shutDown();
    if (worker != null) {
      worker.interrupt();
    }
  }
}
