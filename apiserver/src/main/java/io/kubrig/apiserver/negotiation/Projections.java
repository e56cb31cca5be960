package io.kubrig.apiserver.negotiation;

import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What of objects is shown: their metadata only, or the rows of a table. */
public final class Projections {
  private Projections() {}

  /** What a row of a table carries of its object. */
  public enum RowObject {
    NONE,
    METADATA,
    OBJECT
  }

  public static Tree metadata(Tree object) {
    return Tree.of("kind", "PartialObjectMetadata", "apiVersion", "meta.k8s.io/v1", "metadata", object.tree("metadata"));
  }

  /**
   * @param listMetadata of the list that was projected
   */
  public static Tree metadataList(List<Tree> objects, Tree listMetadata) {
    List<Object> items = new ArrayList<>(objects.size());
    objects.forEach(object -> items.add(metadata(object)));
    return Tree.of("kind", "PartialObjectMetadataList", "apiVersion", "meta.k8s.io/v1", "metadata", listMetadata, "items", items);
  }

  /**
   * A table of objects.
   *
   * @param withColumns whether columns are defined; the events of a watch define them once
   */
  public static Tree table(
      List<Tree> objects, Tree listMetadata, TableColumns columns, RowObject rowObject, boolean withColumns, Instant now) {
    List<Object> definitions = new ArrayList<>();
    if (withColumns) {
      columns.columns().forEach(column -> definitions.add(definition(column)));
    }
    List<Object> rows = new ArrayList<>(objects.size());
    objects.forEach(object -> rows.add(row(object, columns, rowObject, now)));
    return Tree.of(
        "kind",
        "Table",
        "apiVersion",
        "meta.k8s.io/v1",
        "metadata",
        listMetadata,
        "columnDefinitions",
        withColumns ? definitions : null,
        "rows",
        rows);
  }

  private static Tree definition(TableColumns.Column column) {
    return Tree.of(
        "name",
        column.name(),
        "type",
        column.type(),
        "format",
        column.format(),
        "description",
        column.description(),
        "priority",
        (long) column.priority());
  }

  private static Tree row(Tree object, TableColumns columns, RowObject rowObject, Instant now) {
    Tree row = Tree.of("cells", new ArrayList<>(columns.cells(object, now)));
    conditions(columns, object, row);
    return switch (rowObject) {
      case NONE -> row.set("object", null);
      case METADATA -> row.set("object", metadata(object));
      case OBJECT -> row.set("object", object);
    };
  }

  private static void conditions(TableColumns columns, Tree object, Tree row) {
    columns
        .completed(object)
        .ifPresent(
            reason ->
                row.set(
                    "conditions",
                    new ArrayList<Object>(
                        List.of(
                            Tree.of(
                                "type",
                                "Completed",
                                "status",
                                "True",
                                "reason",
                                reason,
                                "message",
                                reason.equals("Failed") ? "The pod failed." : "The pod has completed successfully.")))));
  }
}
