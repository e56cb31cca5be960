package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Optional;

/** The kind ReplicaSet. (Source: registry/apps/replicaset/strategy.go of native.) */
public final class ReplicaSets implements Workload {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public ReplicaSets(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    spec.fill("replicas", 1L);
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Checks.nonNegative(spec, "replicas", SPEC, errors);
    Checks.nonNegative(spec, "minReadySeconds", SPEC, errors);
    // native says deployment here
    WorkloadRules.selector(spec, "deployment", "invalid label selector", SPEC, errors)
        .ifPresent(
            selector -> {
              WorkloadRules.matches(selector, spec.tree("template"), SPEC.child("template"), errors);
              WorkloadRules.endlessTemplate(spec.tree("template"), "ReplicaSet", scope, SPEC.child("template"), errors);
            });
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.tree("spec").get("selector"), old.tree("spec").get("selector"), SPEC.child("selector"), errors);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    replicaStatus(object.tree("status"), errors);
  }

  static void replicaStatus(Tree status, FieldErrors errors) {
    WorkloadRules.counters(
        status,
        List.of("replicas", "fullyLabeledReplicas", "readyReplicas", "availableReplicas", "observedGeneration"),
        List.of("fullyLabeledReplicas", "readyReplicas", "availableReplicas"),
        "readyReplicas",
        errors);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("scale") ? Optional.of(ScaleLens.BY_LABEL_SELECTOR) : Optional.empty();
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.REPLICA_SETS;
  }
}
