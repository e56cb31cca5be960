package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.kinds.pod.PodDefaults;
import io.kubrig.apiserver.kinds.pod.PodWarnings;
import io.kubrig.apiserver.kinds.pod.Scope;
import io.kubrig.apiserver.kinds.pod.WorkloadRules;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.machinery.selector.LabelSelector;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The kind ReplicationController. (Source: registry/core/replicationcontroller/strategy.go of native.) */
public final class ReplicationControllers implements Workload {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private final Scope scope;

  /** @param allowPrivileged whether containers may be privileged */
  public ReplicationControllers(boolean allowPrivileged) {
    scope = new Scope(false, allowPrivileged);
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    Tree spec = object.need("spec");
    Tree labels = spec.tree("template").tree("metadata").tree("labels");
    if (!labels.isEmpty()) {
      if (spec.tree("selector").isEmpty()) {
        spec.set("selector", labels.copy());
      }
      if (object.tree("metadata").tree("labels").isEmpty()) {
        object.need("metadata").set("labels", labels.copy());
      }
    }
    spec.fill("replicas", 1L);
    if (spec.integer("minReadySeconds") == 0) {
      spec.remove("minReadySeconds"); // its default is what is not written
    }
    PodDefaults.ofTemplateIn(spec);
  }

  @Override
  public boolean orphansByDefault() {
    return true;
  }

  @Override
  public Set<String> selectableFieldLabels() {
    return Set.of("status.replicas");
  }

  @Override
  public Map<String, String> selectableFields(Tree object) {
    return Map.of("status.replicas", Long.toString(object.tree("status").integer("replicas")));
  }

  @Override
  public String unsupportedField(String field) {
    return "field label not supported: " + field;
  }

  /** On an update native looks at the template that was, not at the one that is. */
  @Override
  public List<String> warnings(Tree object, Tree old) {
    if (old == null) {
      return Workload.super.warnings(object, null);
    }
    boolean changed = object.tree("metadata").integer("generation") != old.tree("metadata").integer("generation");
    return changed ? PodWarnings.ofTemplate(old.tree("spec").tree("template"), FieldPath.of("spec", "template")) : List.of();
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Checks.nonNegative(spec, "minReadySeconds", SPEC, errors);
    Checks.nonNegative(spec, "replicas", SPEC, errors);
    Map<String, String> selector = spec.stringMap("selector");
    if (selector.isEmpty()) {
      errors.required(SPEC.child("selector"), "");
    }
    if (spec.get("template") == null) {
      errors.required(SPEC.child("template"), "");
      return;
    }
    WorkloadRules.matches(LabelSelector.ofLabels(selector), spec.tree("template"), SPEC.child("template"), errors);
    WorkloadRules.endlessTemplate(spec.tree("template"), "ReplicationController", scope, SPEC.child("template"), errors);
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    ReplicaSets.replicaStatus(object.tree("status"), errors);
  }

  @Override
  public Optional<Lens> lens(String subresource) {
    return subresource.equals("scale") ? Optional.of(ScaleLens.BY_LABELS) : Optional.empty();
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.REPLICATION_CONTROLLERS;
  }
}
