package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Classes of devices. */
final class DeviceClassKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private static final TableColumns COLUMNS =
      Columns.of((type, now) -> Columns.row(Columns.name(type), Columns.age(type, now)), Columns.NAME, Columns.AGE);

  private final DeviceExpressions expressions;

  DeviceClassKind(DeviceExpressions expressions) {
    this.expressions = expressions;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    DeviceRequests.selectors(spec.trees("selectors"), SPEC.child("selectors"), expressions, errors);
    List<Tree> configurations = spec.trees("config");
    for (int i = 0; i < configurations.size(); i++) {
      DeviceRequests.configuration(configurations.get(i), SPEC.child("config").index(i), errors);
    }
    if (spec.get("extendedResourceName") instanceof String name && !Quantities.isExtended(name)) {
      errors.invalid(SPEC.child("extendedResourceName"), name, "must be a valid extended resource name");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
