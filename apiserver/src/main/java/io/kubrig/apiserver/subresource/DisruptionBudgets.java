package io.kubrig.apiserver.subresource;

import io.kubrig.apiserver.registry.ObjectStore;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.apiserver.storage.Entry;
import io.kubrig.apiserver.storage.Outcome;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.selector.SelectorException;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The budgets that say how many pods may be missing, and what an eviction takes from them. (Source: API reference "PodDisruptionBudget".)
 */
public final class DisruptionBudgets {
  private static final int MAX_DISRUPTED = 2000;
  private static final int TRIES = 20;
  private static final int RETRY_SECONDS = 10;

  private final ObjectStore store;
  private final Supplier<Resource> resource;

  /** @param resource poddisruptionbudgets */
  public DisruptionBudgets(ObjectStore store, Supplier<Resource> resource) {
    this.store = store;
    this.resource = resource;
  }

  /** What an eviction may do; a refusal is thrown. */
  enum Verdict {
    ALLOWED,
    /** Only as long as the pod is as it was seen. */
    AT_THIS_VERSION
  }

  /** Takes one disruption of the pod's budget, where it has one that counts the pod. */
  Verdict take(Operation operation, Tree pod, boolean dryRun) {
    List<Entry> guarding = guarding(pod);
    if (guarding.isEmpty()) {
      return Verdict.ALLOWED;
    }
    if (guarding.size() > 1) {
      throw new ApiException(
          500, "", "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", Tree.empty());
    }
    Tree budget = ObjectStore.tree(guarding.getFirst());
    if (!isReady(pod)) {
      Tree status = budget.tree("status");
      long desired = status.integer("desiredHealthy");
      boolean healthy = status.integer("currentHealthy") >= desired && desired > 0;
      if (healthy || budget.tree("spec").string("unhealthyPodEvictionPolicy").equals("AlwaysAllow")) {
        return Verdict.AT_THIS_VERSION;
      }
    }
    decrement(budget.tree("metadata").string("name"), operation, dryRun);
    return Verdict.ALLOWED;
  }

  private List<Entry> guarding(Tree pod) {
    Tree metadata = pod.tree("metadata");
    List<Entry> guarding = new ArrayList<>();
    if (metadata.tree("labels").isEmpty()) {
      return guarding;
    }
    for (Entry entry : store.storage().keyspace().current().list(resource.get().prefix(metadata.string("namespace")))) {
      Tree spec = ObjectStore.tree(entry).tree("spec");
      if (spec.get("selector") instanceof Tree selector && matches(selector, metadata.tree("labels"))) {
        guarding.add(entry);
      }
    }
    return guarding;
  }

  private static boolean matches(Tree selector, Tree labels) {
    try {
      return LabelSelector.of(selector).matches(labels);
    } catch (SelectorException e) {
      return false; // a budget of old with a selector that is no longer accepted guards nothing
    }
  }

  private static boolean isReady(Tree pod) {
    return pod.tree("status").trees("conditions").stream()
        .anyMatch(condition -> condition.string("type").equals("Ready") && condition.string("status").equals("True"));
  }

  private void decrement(String name, Operation operation, boolean dryRun) {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Entry entry =
          store
              .entry(resource.get(), operation.namespace(), name)
              .orElseThrow(() -> ApiException.notFound("policy", "poddisruptionbudgets", name));
      Tree budget = ObjectStore.tree(entry);
      check(budget, name);
      charge(budget.need("status"), operation.name(), operation.now());
      if (dryRun || store.put(resource.get(), budget, entry.modified(), operation.now()) instanceof Outcome.Committed) {
        return;
      }
    }
    throw ApiException.timeout("couldn't update PodDisruptionBudget \"" + name + "\" due to conflicts");
  }

  private static void check(Tree budget, String name) {
    Tree status = budget.tree("status");
    if (status.integer("observedGeneration") < budget.tree("metadata").integer("generation")) {
      throw refused("The disruption budget " + name + " is still being processed by the server.", RETRY_SECONDS);
    }
    if (status.integer("disruptionsAllowed") < 0) {
      throw ApiException.forbidden("policy", "poddisruptionbudget", name, "pdb disruptions allowed is negative");
    }
    if (status.tree("disruptedPods").size() > MAX_DISRUPTED) {
      throw ApiException.forbidden(
          "policy", "poddisruptionbudget", name, "DisruptedPods map too big - too many evictions not confirmed by PDB controller");
    }
    if (status.integer("disruptionsAllowed") == 0) {
      throw refused(why(status, name), 0);
    }
  }

  private static String why(Tree status, String name) {
    for (Tree condition : status.trees("conditions")) {
      if (condition.string("type").equals("DisruptionAllowed") && condition.string("reason").equals("SyncFailed")) {
        return "The disruption budget " + name + " does not allow evicting pods currently because it failed sync: "
            + condition.string("message");
      }
    }
    return "The disruption budget " + name + " needs " + status.integer("desiredHealthy") + " healthy pods and has "
        + status.integer("currentHealthy") + " currently";
  }

  private static ApiException refused(String why, int retryAfterSeconds) {
    ApiException refusal =
        ApiException.tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds);
    refusal.details().needList("causes").add(Tree.of("reason", "DisruptionBudget", "message", why));
    return refusal;
  }

  private static void charge(Tree status, String pod, Instant now) {
    long left = status.integer("disruptionsAllowed") - 1;
    status.set("disruptionsAllowed", left);
    String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
    if (left == 0) {
      exhausted(status, time);
    }
    status.need("disruptedPods").set(pod, time);
  }

  private static void exhausted(Tree status, String time) {
    Tree condition =
        Tree.of(
            "type",
            "DisruptionAllowed",
            "status",
            "False",
            "observedGeneration",
            status.integer("observedGeneration"),
            "lastTransitionTime",
            time,
            "reason",
            "InsufficientPods",
            "message",
            "");
    List<Object> conditions = status.needList("conditions");
    for (int i = 0; i < conditions.size(); i++) {
      if (conditions.get(i) instanceof Tree old && old.string("type").equals("DisruptionAllowed")) {
        if (old.string("status").equals("False")) {
          condition.set("lastTransitionTime", old.get("lastTransitionTime"));
        }
        conditions.set(i, condition);
        return;
      }
    }
    conditions.add(condition);
  }
}
