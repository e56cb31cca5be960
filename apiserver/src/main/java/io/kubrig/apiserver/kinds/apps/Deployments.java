package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The kind Deployment. (Source: registry/apps/deployment/strategy.go of native.) */
public final class Deployments implements Workload {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public Deployments(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("replicas", 1L);
    Tree strategy = spec.need("strategy");
    if (strategy.string("type").isEmpty()) {
      strategy.set("type", "RollingUpdate");
    }
    if (strategy.string("type").equals("RollingUpdate")) {
      Tree rolling = strategy.need("rollingUpdate");
      rolling.fill("maxUnavailable", "25%");
      rolling.fill("maxSurge", "25%");
    }
    spec.fill("revisionHistoryLimit", 10L);
    spec.fill("progressDeadlineSeconds", 600L);
    PodDefaults.ofTemplateIn(spec);
  }

  /** Annotations count as well: they are copied to the replica sets. */
  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return Workload.super.sameDesiredState(object, old)
        && Objects.equals(object.tree("metadata").tree("annotations"), old.tree("metadata").tree("annotations"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Checks.nonNegative(spec, "replicas", SPEC, errors);
    WorkloadRules.selector(spec, "deployment", "invalid label selector", SPEC, errors)
        .ifPresent(
            selector -> {
              WorkloadRules.matches(selector, spec.tree("template"), SPEC.child("template"), errors);
              WorkloadRules.endlessTemplate(spec.tree("template"), "ReplicaSet", scope, SPEC.child("template"), errors);
            });
    strategy(spec.tree("strategy"), SPEC.child("strategy"), errors);
    for (String number : List.of("minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds")) {
      Checks.nonNegative(spec, number, SPEC, errors);
    }
    if (spec.get("progressDeadlineSeconds") instanceof Long deadline && deadline <= spec.integer("minReadySeconds")) {
      errors.invalid(SPEC.child("progressDeadlineSeconds"), deadline, "must be greater than minReadySeconds");
    }
  }

  private static void strategy(Tree strategy, FieldPath path, FieldErrors errors) {
    String type = strategy.string("type");
    switch (type) {
      case "Recreate" -> {
        if (strategy.get("rollingUpdate") != null) {
          errors.forbidden(path.child("rollingUpdate"), "may not be specified when strategy `type` is 'Recreate'");
        }
      }
      case "RollingUpdate" -> rollingUpdate(strategy.tree("rollingUpdate"), path.child("rollingUpdate"), errors);
      default -> {
        errors.notSupported(path, InternalForm.of("apps.DeploymentStrategy", strategy), List.of("Recreate", "RollingUpdate"));
      }
    }
  }

  private static void rollingUpdate(Tree rolling, FieldPath path, FieldErrors errors) {
    WorkloadRules.amountOrPercent(rolling, "maxUnavailable", path, errors);
    WorkloadRules.amountOrPercent(rolling, "maxSurge", path, errors);
    if (WorkloadRules.value(rolling, "maxUnavailable") == 0 && WorkloadRules.value(rolling, "maxSurge") == 0) {
      errors.invalid(path.child("maxUnavailable"), rolling.get("maxUnavailable"), "may not be 0 when `maxSurge` is 0");
    }
    WorkloadRules.atMostAll(rolling, "maxUnavailable", path, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.tree("spec").get("selector"), old.tree("spec").get("selector"), SPEC.child("selector"), errors);
  }

  /** Labels are told by the main path only. */
  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Lens.carry("labels", object.need("metadata"), old.tree("metadata"));
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    WorkloadRules.counters(
        object.tree("status"),
        List.of(
            "observedGeneration", "replicas", "updatedReplicas", "readyReplicas", "availableReplicas", "unavailableReplicas",
                "collisionCount"),
        List.of("updatedReplicas", "readyReplicas", "availableReplicas"),
        "readyReplicas",
        errors);
    WorkloadRules.notDecremented(object.tree("status"), old.tree("status"), "collisionCount", errors);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("scale") ? Optional.of(ScaleLens.BY_LABEL_SELECTOR) : Optional.empty();
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.DEPLOYMENTS;
  }
}
