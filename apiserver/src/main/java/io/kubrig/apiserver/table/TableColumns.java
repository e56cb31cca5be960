package io.kubrig.apiserver.table;

import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The columns of a kind in a {@code meta.k8s.io/v1 Table} and the cells of an object.
 */
public interface TableColumns {

  /**
   * One column.
   *
   * @param type string, integer, number, boolean or date
   * @param format "name" for the name column, else ""
   * @param priority 0 is always shown, greater ones with {@code -o wide}
   */
  record Column(String name, String type, String format, String description, int priority) {}

  List<Column> columns();

  /**
   * The cells, one per column: strings, Longs, Booleans, or null.
   *
   * @param now for ages, which are shown as kubectl does (5d, 3h12m)
   */
  List<Object> cells(Tree object, Instant now);

  /** The reason why an object's row is marked as completed (finished pods); empty for all else. */
  default Optional<String> completed(Tree object) {
    return Optional.empty();
  }

  /** Whether a table without objects has no list of rows at all. */
  default boolean omitsEmptyRows() {
    return false;
  }

  /** For kinds that say nothing of their own. */
  TableColumns NAME_AND_AGE = new NameAndAge();
}
