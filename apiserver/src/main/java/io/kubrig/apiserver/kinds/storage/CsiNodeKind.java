package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The CSI drivers of a node. */
final class CsiNodeKind implements Kind {
  private static final FieldPath DRIVERS = FieldPath.of("spec", "drivers");
  private static final int MAX_NODE_ID = 256;

  private static final TableColumns COLUMNS =
      Columns.of(
          (node, now) -> Columns.row(Columns.name(node), (long) node.tree("spec").list("drivers").size(), Columns.age(node, now)),
          Columns.NAME,
          Columns.number("Drivers", "Drivers indicates the number of CSI drivers registered on the node"),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.RULES;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Set<String> names = new HashSet<>();
    List<Tree> drivers = object.tree("spec").trees("drivers");
    for (int i = 0; i < drivers.size(); i++) {
      Tree driver = drivers.get(i);
      FieldPath path = DRIVERS.index(i);
      Drivers.name(driver.string("name"), path.child("name"), errors);
      if (driver.string("nodeID").isEmpty()) {
        errors.required(path.child("nodeID"), "");
      } else if (driver.string("nodeID").length() > MAX_NODE_ID) {
        errors.invalid(path.child("nodeID"), driver.string("nodeID"), "must be " + MAX_NODE_ID + " characters or less");
      }
      if (driver.tree("allocatable").get("count") instanceof Long count && count < 0) {
        errors.invalid(path.child("allocatable", "count"), count, "must be greater than or equal to 0");
      }
      if (!names.add(driver.string("name"))) {
        errors.duplicate(path.child("name"), driver.string("name"));
      }
      Set<String> keys = new HashSet<>();
      for (String key : driver.strings("topologyKeys")) {
        if (!keys.add(key)) {
          errors.duplicate(path, key);
        }
        Names.qualifiedName(key).forEach(text -> errors.invalid(path, key, text));
      }
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (Tree before : old.tree("spec").trees("drivers")) {
      for (Tree driver : object.tree("spec").trees("drivers")) {
        if (driver.string("name").equals(before.string("name")) && !sameButCount(driver, before)) {
          errors.invalid(DRIVERS, InternalForm.of("storage.CSINodeDriver", driver), "field is immutable");
        }
      }
    }
  }

  private static boolean sameButCount(Tree driver, Tree before) {
    return driver.string("nodeID").equals(before.string("nodeID"))
        && new HashSet<>(driver.strings("topologyKeys")).equals(new HashSet<>(before.strings("topologyKeys")));
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
