package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.admission.AdmissionChain;
import io.kubrig.apiserver.registry.Deleter;
import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.rest.Subresource;
import io.kubrig.apiserver.rest.WriteOptions;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.machinery.schema.GroupVersionKind;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Deletes pods as far as their disruption budget allows: {@code pods/eviction}. (Source: registry/core/pod/storage/eviction.go of native,
 * API reference "Eviction".)
 */
public final class Evictions {
  private static final String BREAKING = "ignoreStoreReadErrorWithClusterBreakingPotential";
  private static final GroupVersionKind EVICTION = GroupVersionKind.of("policy/v1", "Eviction");
  private static final int TRIES = 20;

  private final CommandParts parts;
  private final DisruptionBudgets budgets;
  private final Deleter deleter;

  public Evictions(CommandParts parts, DisruptionBudgets budgets) {
    this.parts = parts;
    this.budgets = budgets;
    // what is admitted is the eviction, not the deletion that follows from it
    this.deleter = new Deleter(parts.store(), new AdmissionChain(List.of()));
  }

  public Subresource command() {
    return parts.command(EVICTION, this::evict);
  }

  private void evict(Operation operation, Tree eviction, Tree options) {
    if (!operation.name().equals(eviction.tree("metadata").string("name"))) {
      throw ApiException.badRequest("name in URL does not match name in Eviction object");
    }
    if (eviction.tree("deleteOptions").bool(BREAKING)) {
      FieldErrors errors = new FieldErrors();
      errors.invalid(
          FieldPath.of("deleteOptions", BREAKING), true, "can not be set for pod eviction, try after removing the option");
      throw ApiException.invalid("policy", "Eviction", operation.name(), errors);
    }
    Tree deleteOptions = deleteOptions(eviction, options);
    boolean dryRun = WriteOptions.checkDelete(deleteOptions);
    boolean retries = deleteOptions.tree("preconditions").string("resourceVersion").isEmpty();
    for (int attempt = 1; ; attempt++) {
      try {
        tryEvict(operation, deleteOptions.copy(), dryRun);
        return;
      } catch (ApiException e) {
        if (e.code() != 409 || !retries || attempt == TRIES || e.details().string("kind").equals("Pod")) {
          throw e;
        }
      }
    }
  }

  private static Tree deleteOptions(Tree eviction, Tree options) {
    Tree own = eviction.tree("deleteOptions").copy();
    List<Object> wanted = options.list("dryRun");
    if (own.list("dryRun").isEmpty() && !wanted.isEmpty()) {
      own.set("dryRun", new ArrayList<>(wanted));
    } else if (!wanted.isEmpty() && !own.list("dryRun").equals(wanted)) {
      String why = "Non-matching dry-run options in request and content: " + texts(wanted) + " and " + texts(own.list("dryRun"));
      throw new ApiException(500, "", why, new Tree());
    }
    return own;
  }

  private static String texts(List<Object> list) {
    return "[" + String.join(" ", list.stream().map(String::valueOf).toList()) + "]";
  }

  private void tryEvict(Operation operation, Tree deleteOptions, boolean dryRun) {
    Resource pods = operation.resource();
    Entry entry =
        parts
            .store()
            .entry(pods, operation.namespace(), operation.name())
            .orElseThrow(() -> ApiException.notFound("", "pods", operation.name()));
    Tree pod = ObjectStore.tree(entry);
    DisruptionBudgets.Verdict verdict =
        isGuarded(pod) ? budgets.take(operation, pod, dryRun) : DisruptionBudgets.Verdict.AT_THIS_VERSION;
    boolean pinned = verdict == DisruptionBudgets.Verdict.AT_THIS_VERSION && !isFinished(pod) && !isDeleting(pod);
    if (pinned && deleteOptions.tree("preconditions").string("resourceVersion").isEmpty()) {
      deleteOptions.need("preconditions").set("resourceVersion", Long.toString(entry.modified()));
    }
    if (!dryRun) {
      markTargeted(operation, pods, deleteOptions);
    }
    Operation.Options given = operation.options();
    Operation.Options own = new Operation.Options(dryRun, given.fieldManager(), given.force(), given.fieldValidation());
    Operation deletion =
        new Operation(
            Operation.Verb.DELETE, pods, operation.version(), "", operation.namespace(), operation.name(), operation.user(), own,
                operation.now());
    deleter.delete(deletion, deleteOptions);
  }

  /** Whether a pod counts for its budget: not before it runs, not after it has ended. */
  private static boolean isGuarded(Tree pod) {
    return !isFinished(pod) && !pod.tree("status").string("phase").equals("Pending") && !isDeleting(pod);
  }

  private static boolean isFinished(Tree pod) {
    String phase = pod.tree("status").string("phase");
    return phase.equals("Succeeded") || phase.equals("Failed");
  }

  private static boolean isDeleting(Tree pod) {
    return pod.tree("metadata").get("deletionTimestamp") != null;
  }

  /** Writes into the pod's status why it goes. */
  private void markTargeted(Operation operation, Resource pods, Tree deleteOptions) {
    while (true) {
      Optional<Entry> entry = parts.store().entry(pods, operation.namespace(), operation.name());
      if (entry.isEmpty()) {
        throw ApiException.notFound("", "pods", operation.name());
      }
      Tree pod = ObjectStore.tree(entry.get());
      checkPreconditions(deleteOptions.tree("preconditions"), pod, entry.get());
      Conditions.set(pod, "DisruptionTarget", "EvictionByEvictionAPI", "Eviction API: evicting", operation.now());
      if (parts.store().put(pods, pod, entry.get().modified(), operation.now()) instanceof Outcome.Committed done) {
        if (!deleteOptions.tree("preconditions").string("resourceVersion").isEmpty()) {
          deleteOptions.need("preconditions").set("resourceVersion", Long.toString(done.revision()));
        }
        return;
      }
    }
  }

  private static void checkPreconditions(Tree preconditions, Tree pod, Entry entry) {
    String name = pod.tree("metadata").string("name");
    String uid = preconditions.string("uid");
    String actual = pod.tree("metadata").string("uid");
    if (!uid.isEmpty() && !uid.equals(actual)) {
      throw ApiException.conflict(
          "",
          "Pod",
          name,
          "the UID in the precondition (" + uid + ") does not match the UID in record (" + actual
              + "). The object might have been deleted and then recreated");
    }
    String version = preconditions.string("resourceVersion");
    if (!version.isEmpty() && !version.equals(Long.toString(entry.modified()))) {
      throw ApiException.conflict(
          "",
          "pods",
          name,
          "the ResourceVersion in the precondition (" + version + ") does not match the ResourceVersion in record (" + entry.modified()
              + "). The object might have been modified");
    }
  }
}
