package io.kubrig.apiserver.kinds.apps;

import io.kubrig.apiserver.kinds.pod.Checks;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.table.WorkloadTables;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;

/** The kind ControllerRevision. (Source: registry/apps/controllerrevision/strategy.go of native.) */
public final class ControllerRevisions implements Kind {

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (object.get("data") == null) {
      errors.required(FieldPath.of("data"), "data is mandatory");
    }
    Checks.nonNegative(object, "revision", FieldPath.root(), errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.get("data"), old.get("data"), FieldPath.of("data"), errors);
  }

  @Override
  public TableColumns columns() {
    return WorkloadTables.CONTROLLER_REVISIONS;
  }
}
