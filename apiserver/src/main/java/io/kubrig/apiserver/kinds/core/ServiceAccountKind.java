package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;

/** Service accounts. */
final class ServiceAccountKind implements Kind {
  private static final TableColumns COLUMNS =
      Columns.of((account, now) -> Columns.row(Columns.name(account), Columns.age(account, now)), Columns.NAME, Columns.AGE);

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
