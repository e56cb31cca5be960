package io.kubrig.machinery.json;

import io.kubrig.machinery.tree.Tree;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value that was read, with what reading noticed.
 *
 * @param value a Tree, List, String, Long, Double, Boolean or null
 * @param duplicates for each object in which a name occurred again, the earlier occurrences in order; keyed by identity. The tree itself
 *     holds the last occurrence
 * @param remarks strict-decoding complaints of the format itself that have no place in the tree (YAML's
 *     {@code line 8: key "k" already set in map})
 */
public record Document(Object value, Map<Tree, List<Duplicate>> duplicates, List<String> remarks) {

  /**
   * An earlier occurrence of a member whose name occurred again.
   *
   * @param after how many members (of different names) stood before the later occurrence
   */
  public record Duplicate(String name, Object earlier, int after) {}

  /** A document without anything to remark. */
  public static Document of(Object value) {
    return new Document(value, new IdentityHashMap<>(0), List.of());
  }

  /** The earlier occurrences of names in this very tree. */
  public List<Duplicate> duplicatesIn(Tree tree) {
    return duplicates.isEmpty() ? List.of() : duplicates.getOrDefault(tree, List.of());
  }
}
