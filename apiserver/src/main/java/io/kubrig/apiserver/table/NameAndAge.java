package io.kubrig.apiserver.table;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What every object has. The second column is a time here, not an age, as native's default printer has it. */
final class NameAndAge implements TableColumns {
  private static final List<Column> COLUMNS =
      List.of(
          new Column(
              "Name",
              "string",
              "name",
              "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to"
                  + " request the generation of an appropriate name automatically.",
              0),
          new Column("Created At", "date", "",
              "CreationTimestamp is a timestamp representing the server time when this object was created.", 0));

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public boolean omitsEmptyRows() {
    return true;
  }

  @Override
  public List<Object> cells(Tree object, Instant now) {
    List<Object> cells = new ArrayList<>(2);
    cells.add(object.tree("metadata").string("name"));
    cells.add(object.tree("metadata").string("creationTimestamp"));
    return cells;
  }
}
