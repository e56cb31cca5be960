package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;

/** Templates of claims: immutable. */
final class ResourceClaimTemplateKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private static final TableColumns COLUMNS =
      Columns.of((template, now) -> Columns.row(Columns.name(template), Columns.age(template, now)), Columns.NAME, Columns.AGE);

  private final DeviceExpressions expressions;
  private final Cluster cluster;

  ResourceClaimTemplateKind(DeviceExpressions expressions, Cluster cluster) {
    this.expressions = expressions;
    this.cluster = cluster;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    DeviceRequests.applyDefaults(object.tree("spec").tree("spec").tree("devices"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    MetadataRules.template(spec.tree("metadata"), SPEC.child("metadata"), errors);
    DeviceRequests.check(spec.tree("spec").tree("devices"), SPEC.child("spec", "devices"), expressions, errors);
    if (operation.verb() == Operation.Verb.CREATE) {
      DeviceRequests.adminAccess(spec.tree("spec").tree("devices"), operation.namespace(), cluster, errors);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (!object.tree("spec").equals(old.tree("spec"))) {
      errors.invalid(SPEC, InternalForm.of("resource.ResourceClaimTemplateSpec", object.tree("spec")), "field is immutable");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
