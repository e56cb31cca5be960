package io.kubrig.apiserver.customresource;

import io.kubrig.apiserver.table.Ages;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The additional printer columns of a version after the name; its age where none are stated. (Source:
 * registry/customresource/tableconvertor.)
 */
final class PrinterColumns implements TableColumns {
  private static final Tree AGE =
      Tree.of("name", "Age", "type", "date", "description", Columns.AGE.description(), "jsonPath", ".metadata.creationTimestamp");

  private final List<Column> columns = new ArrayList<>();
  private final List<JsonPath> paths = new ArrayList<>();

  PrinterColumns(List<Tree> stated) {
    columns.add(Columns.NAME);
    for (Tree column : stated.isEmpty() ? List.of(AGE) : stated) {
      String path = column.string("jsonPath");
      JsonPath parsed;
      try {
        parsed = JsonPath.parse(path);
      } catch (IllegalArgumentException e) {
        continue; // native leaves out what it cannot read
      }
      String text = column.string("description");
      columns.add(
          new Column(
              column.string("name"),
              column.string("type"),
              column.string("format"),
              text.isEmpty() ? "Custom resource definition column (in JSONPath format): " + path : text,
              (int) column.integer("priority")));
      paths.add(parsed);
    }
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public List<Object> cells(Tree object, Instant now) {
    List<Object> cells = new ArrayList<>(columns.size());
    cells.add(object.tree("metadata").string("name"));
    for (int i = 0; i < paths.size(); i++) {
      Optional<Object> value = paths.get(i).first(object);
      String type = columns.get(i + 1).type();
      cells.add(value.isEmpty() ? null : cell(type, value.get(), now));
    }
    return cells;
  }

  private static Object cell(String type, Object value, Instant now) {
    return switch (type) {
      case "string" -> JsonPath.text(value);
      case "integer" -> value instanceof Number number ? (Object) number.longValue() : null;
      case "number" -> value instanceof Number number ? (Object) number.doubleValue() : null;
      case "boolean" -> value instanceof Boolean ? value : null;
      case "date" -> value instanceof String text ? age(text, now) : null;
      default -> null;
    };
  }

  private static String age(String text, Instant now) {
    try {
      Timestamps.parse(text);
      return Ages.since(text, now);
    } catch (DateTimeException | IllegalArgumentException e) {
      return "<invalid>";
    }
  }
}
