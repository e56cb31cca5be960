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

  /** @param apiVersion of the projection, as everywhere here */
  public static Tree metadata(Tree object, String apiVersion) {
    return Tree.of("kind", "PartialObjectMetadata", "apiVersion", apiVersion, "metadata", object.tree("metadata"));
  }

  /**
   * @param listMetadata of the list that was projected
   */
  public static Tree metadataList(List<Tree> objects, Tree listMetadata, String apiVersion) {
    List<Object> items = new ArrayList<>(objects.size());
    objects.forEach(object -> items.add(metadata(object, apiVersion)));
    Object shown = items.isEmpty() ? null : items;
    return Tree.of("kind", "PartialObjectMetadataList", "apiVersion", apiVersion, "metadata", listMetadata, "items", shown);
  }

  /**
   * How a table is made.
   *
   * @param withColumns whether columns are defined; the events of a watch define them once
   * @param apiVersion of the table and of the metadata in its rows
   */
  public record TableForm(TableColumns columns, RowObject rowObject, boolean withColumns, String apiVersion, Instant now) {}

  public static Tree table(List<Tree> objects, Tree listMetadata, TableForm form) {
    List<Object> definitions = new ArrayList<>();
    if (form.withColumns()) {
      form.columns().columns().forEach(column -> definitions.add(definition(column)));
    }
    List<Object> rows = new ArrayList<>(objects.size());
    objects.forEach(object -> rows.add(row(object, form)));
    return Tree.of(
        "kind",
        "Table",
        "apiVersion",
        form.apiVersion(),
        "metadata",
        listMetadata,
        "columnDefinitions",
        form.withColumns() ? definitions : null,
        "rows",
        rows.isEmpty() && form.columns().omitsEmptyRows() ? null : rows);
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

  private static Tree row(Tree object, TableForm form) {
    Tree row = Tree.of("cells", new ArrayList<>(form.columns().cells(object, form.now())));
    conditions(form.columns(), object, row);
    return switch (form.rowObject()) {
      case NONE -> row.set("object", null);
      case METADATA -> row.set("object", metadata(object, form.apiVersion()));
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
