package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Given;
import io.kubrig.machinery.tree.Tree;

/** Volume attributes classes: immutable but for metadata. */
final class VolumeAttributesClassKind implements Kind {
  private static final TableColumns COLUMNS =
      Columns.of(
          (type, now) -> Columns.row(shown(type), type.string("driverName"), Columns.age(type, now)),
          Columns.NAME,
          Columns.text("DriverName", "Name of the CSI driver"),
          Columns.AGE);

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Drivers.qualifiedName(object.string("driverName"), FieldPath.of("driverName"), errors);
    Drivers.parameters(object.tree("parameters"), true, errors);
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (!object.string("driverName").equals(old.string("driverName"))) {
      errors.forbidden(FieldPath.of("driverName"), "updates to driverName are forbidden.");
    }
    if (!Given.alike(object.given("parameters"), old.given("parameters"))) {
      errors.forbidden(FieldPath.of("parameters"), "updates to parameters are forbidden.");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static String shown(Tree type) {
    boolean standard =
        "true".equals(type.tree("metadata").stringMap("annotations").get("volumeattributesclass.alpha.kubernetes.io/is-default-class"));
    return standard ? Columns.name(type) + " (default)" : Columns.name(type);
  }
}
