package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionPlugin;
import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.apiserver.admission.OwnWrites;
import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Operation.Verb;
import io.kubrig.apiserver.registry.Resource;
import io.kubrig.apiserver.status.ApiException;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Keeps namespaces within their quotas. (Source: apiserver/pkg/admission/plugin/resourcequota.)
 *
 * <p>Usage is taken before the object is stored, by changing the status of every quota that the object falls under, each with the condition
 * that it is still as it was when the decision was made: of several writes that would together exceed a quota, on whichever servers, at
 * most as many succeed as fit. What was taken is given back when the write fails after all. What objects used that have gone is given back
 * by the quota controller.
 */
public final class ResourceQuota implements AdmissionPlugin {
  private static final Set<String> IGNORED =
      Set.of(
          "events",
          "events.events.k8s.io",
          "bindings",
          "componentstatuses",
          "tokenreviews.authentication.k8s.io",
          "selfsubjectreviews.authentication.k8s.io",
          "subjectaccessreviews.authorization.k8s.io",
          "localsubjectaccessreviews.authorization.k8s.io",
          "selfsubjectaccessreviews.authorization.k8s.io",
          "selfsubjectrulesreviews.authorization.k8s.io");

  private final Cluster cluster;
  private final OwnWrites writes;
  private final List<LimitedResource> limited;

  /** @param limited what nobody may use without a quota */
  public ResourceQuota(Cluster cluster, OwnWrites writes, List<LimitedResource> limited) {
    this.cluster = cluster;
    this.writes = writes;
    this.limited = List.copyOf(limited);
  }

  @Override
  public String name() {
    return "ResourceQuota";
  }

  @Override
  public boolean handles(Verb verb) {
    return verb == Verb.CREATE || verb == Verb.UPDATE;
  }

  @Override
  public void validate(AdmissionRequest request) {
    Resource resource = request.operation().resource();
    String namespace = request.operation().namespace();
    if (namespace.isEmpty() || !resource.namespaced() || IGNORED.contains(resource.qualifiedName())) {
      return;
    }
    Evaluator evaluator = Evaluator.of(resource.group(), resource.plural(), cluster.clock()::now);
    if (!evaluator.handles(request)) {
      return;
    }
    List<Tree> quotas = cluster.list("", "resourcequotas", namespace);
    List<Charge> charges = new ArrayList<>();
    for (Tree quota : quotas) {
      charge(request, evaluator, quota).ifPresent(charges::add);
    }
    checkCovered(request, evaluator, quotas);
    charges.forEach(charge -> charge.check(request));
    if (!request.operation().dryRun()) {
      charges.forEach(charge -> take(request, charge));
    }
  }

  /**
   * What a write would add to a quota.
   *
   * @param quota as it was read
   * @param increase by those of its resources that the write uses more of
   */
  private record Charge(Tree quota, Map<String, Quantity> increase) {

    String name() {
      return quota.tree("metadata").string("name");
    }

    /** @throws ApiException when the quota does not allow as much */
    void check(AdmissionRequest request) {
      Map<String, Quantity> hard = ResourceAmounts.of(quota.at("status", "hard"));
      Map<String, Quantity> used = ResourceAmounts.of(quota.at("status", "used"));
      Set<String> exceeded = Usage.above(Usage.masked(Usage.sum(used, increase), increase.keySet()), hard);
      if (!exceeded.isEmpty()) {
        throw request.forbidden(
            "exceeded quota: " + name()
                + ", requested: " + Usage.text(Usage.masked(increase, exceeded))
                + ", used: " + Usage.text(Usage.masked(used, exceeded))
                + ", limited: " + Usage.text(Usage.masked(hard, exceeded)));
      }
    }
  }

  /** What is limited by default must be limited by a quota as well. */
  private void checkCovered(AdmissionRequest request, Evaluator evaluator, List<Tree> quotas) {
    List<LimitedResource> own = limited.stream().filter(one -> one.concerns(request.operation().resource())).toList();
    if (own.isEmpty()) {
      return;
    }
    List<Tree> covering = quotas.stream().filter(quota -> covers(evaluator, quota, request.object())).toList();
    Map<String, Quantity> usage = evaluator.usage(request.object());
    if (request.updates() && request.old() != null) {
      usage = Usage.increase(usage, evaluator.usage(request.old()));
    }
    TreeSet<String> uncovered = new TreeSet<>(Usage.withoutZeros(usage).keySet());
    uncovered.removeIf(resource -> own.stream().noneMatch(one -> one.limits(resource)));
    covering.forEach(quota -> uncovered.removeAll(quota.at("status", "hard").names()));
    if (!uncovered.isEmpty()) {
      throw request.forbidden("insufficient quota to consume: " + String.join(",", uncovered));
    }
    for (LimitedResource one : own) {
      for (Scope scope : one.scopes()) {
        boolean covered = quotas.stream().flatMap(quota -> Scope.of(quota).stream()).anyMatch(
            other -> other.name().equals(scope.name()) && evaluator.isIn(other, request.object()));
        if (evaluator.isIn(scope, request.object()) && !covered) {
          throw request.forbidden("insufficient quota to match these scopes: [" + scope.text() + "]");
        }
      }
    }
  }

  /** Empty when the quota has nothing to do with the write. */
  private static Optional<Charge> charge(AdmissionRequest request, Evaluator evaluator, Tree quota) {
    if (!covers(evaluator, quota, request.object())) {
      return Optional.empty();
    }
    List<String> counted = quota.at("status", "hard").names().stream().filter(evaluator::counts).toList();
    String name = quota.tree("metadata").string("name");
    String missing = evaluator.missing(counted, request.object());
    if (!missing.isEmpty()) {
      throw request.forbidden("failed quota: " + name + ": " + missing);
    }
    Tree used = quota.at("status", "used");
    if (!counted.stream().allMatch(used::has)) {
      throw request.forbidden("status unknown for quota: " + name + ", resources: " + String.join(",", counted.stream().sorted().toList()));
    }
    Map<String, Quantity> usage = evaluator.usage(request.object());
    checkSigns(request, usage);
    if (request.updates() && request.old() != null && covers(evaluator, quota, request.old())) {
      usage = Usage.increase(usage, evaluator.usage(request.old()));
    }
    Map<String, Quantity> increase = Usage.masked(Usage.withoutZeros(usage), quota.at("status", "hard").names());
    return increase.isEmpty() ? Optional.empty() : Optional.of(new Charge(quota, increase));
  }

  private static void checkSigns(AdmissionRequest request, Map<String, Quantity> usage) {
    List<String> negative = usage.entrySet().stream().filter(entry -> entry.getValue().sign() < 0).map(Map.Entry::getKey).toList();
    if (!negative.isEmpty()) {
      throw request.forbidden("quota usage is negative for resource(s): " + String.join(",", negative));
    }
  }

  private static boolean covers(Evaluator evaluator, Tree quota, Tree object) {
    return quota.at("status", "hard").names().stream().anyMatch(evaluator::counts)
        && Scope.of(quota).stream().allMatch(scope -> evaluator.isIn(scope, object));
  }

  // ---- taking and giving back ----------------------------------------------------------------------------------------

  private void take(AdmissionRequest request, Charge charge) {
    Charge current = charge;
    while (true) {
      current.check(request);
      if (commit(withUsage(current.quota(), Usage.sum(used(current.quota()), current.increase())))) {
        request.ifAbandoned(() -> giveBack(charge));
        return;
      }
      Optional<Tree> newer = current(charge);
      if (newer.isEmpty()) {
        return; // the quota has been deleted meanwhile: it no longer limits anything
      }
      current = new Charge(newer.get(), Usage.masked(charge.increase(), newer.get().at("status", "hard").names()));
    }
  }

  private void giveBack(Charge charge) {
    for (Optional<Tree> quota = current(charge); quota.isPresent(); quota = current(charge)) {
      if (commit(withUsage(quota.get(), Usage.difference(used(quota.get()), charge.increase())))) {
        return;
      }
    }
  }

  /** The quota as it is now, unless it has been deleted or replaced. */
  private Optional<Tree> current(Charge charge) {
    Tree metadata = charge.quota().tree("metadata");
    return cluster
        .get("", "resourcequotas", metadata.string("namespace"), metadata.string("name"))
        .filter(quota -> quota.tree("metadata").string("uid").equals(metadata.string("uid")));
  }

  private boolean commit(Tree quota) {
    return writes.replaceStatus("", "resourcequotas", quota);
  }

  private static Map<String, Quantity> used(Tree quota) {
    return new TreeMap<>(ResourceAmounts.of(quota.at("status", "used")));
  }

  private static Tree withUsage(Tree quota, Map<String, Quantity> used) {
    Tree changed = quota.copy();
    changed.need("status").set("used", Usage.tree(used));
    return changed;
  }
}
