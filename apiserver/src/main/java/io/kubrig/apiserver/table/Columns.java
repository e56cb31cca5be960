package io.kubrig.apiserver.table;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The columns of a built-in kind, written down as a list of column definitions and one function that makes a row. */
public record Columns(List<Column> columns, Row row) implements TableColumns {
  private static final String NAME_TEXT =
      "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to "
          + "request the"
          + " generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration"
          + " definition. Cannot be updated. More info: https://kubernetes.io/docs/concepts/overview/working-with-objects/names#names";
  private static final String CREATED_TEXT =
      "CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in"
          + " happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in"
          + " UTC.\n\nPopulated by the system. Read-only. Null for lists. More info:"
          + " https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata";

  public static final Column NAME = new Column("Name", "string", "name", NAME_TEXT, 0);
  public static final Column AGE = new Column("Age", "string", "", CREATED_TEXT, 0);

  public Columns {
    columns = List.copyOf(columns);
  }

  /** Makes the cells of an object: strings, Longs, Booleans or null, one per column. */
  @FunctionalInterface
  public interface Row {
    List<Object> cells(Tree object, Instant now);
  }

  public static Columns of(Row row, Column... columns) {
    return new Columns(List.of(columns), row);
  }

  public static Column text(String name, String description) {
    return new Column(name, "string", "", description, 0);
  }

  public static Column number(String name, String description) {
    return new Column(name, "integer", "", description, 0);
  }

  public static Column flag(String name, String description) {
    return new Column(name, "boolean", "", description, 0);
  }

  /** A column that is shown with {@code -o wide} only. */
  public static Column wide(String name, String description) {
    return new Column(name, "string", "", description, 1);
  }

  /** A list that may hold nulls, as rows do. */
  public static List<Object> row(Object... cells) {
    List<Object> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      row.add(cell);
    }
    return row;
  }

  /** The object's name. */
  public static String name(Tree object) {
    return object.tree("metadata").string("name");
  }

  /** How old the object is. */
  public static String age(Tree object, Instant now) {
    return Ages.since(object.tree("metadata").string("creationTimestamp"), now);
  }

  /** Entries of a map as {@code a=b,c=d} in the order of their keys, {@code <none>} when there are none. */
  public static String pairs(Map<String, String> map) {
    if (map.isEmpty()) {
      return "<none>";
    }
    List<String> pairs = new ArrayList<>();
    new TreeMap<>(map).forEach((key, value) -> pairs.add(key + "=" + value));
    return String.join(",", pairs);
  }

  @Override
  public List<Object> cells(Tree object, Instant now) {
    return row.cells(object, now);
  }
}
