package io.kubrig.apiserver.kinds.coordination;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Numbers;
import io.kubrig.machinery.tree.Tree;

/** Leases. */
public final class LeaseKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");

  private static final TableColumns COLUMNS =
      Columns.of(
          (lease, now) -> Columns.row(Columns.name(lease), lease.tree("spec").string("holderIdentity"), Columns.age(lease, now)),
          Columns.NAME,
          Columns.text("Holder", "holderIdentity contains the identity of the holder of a current lease."),
          Columns.AGE);

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Numbers.positive(spec, "leaseDurationSeconds", SPEC, errors);
    Numbers.nonNegative(spec, "leaseTransitions", SPEC, errors);
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    withoutElection(object);
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    withoutElection(object);
  }

  /** Coordinated leader election is off by default. */
  private static void withoutElection(Tree object) {
    object.tree("spec").remove("strategy");
    object.tree("spec").remove("preferredHolder");
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
