package io.kubrig.machinery.tree;

import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/** Compares values as they were given, with the empty lists and maps that count as absent. */
public final class Given {
  private Given() {}

  /** Whether two values are equal where an empty list or map that was given differs from none, as for Go's {@code reflect.DeepEqual}. */
  public static boolean alike(Object one, Object other) {
    if (one instanceof Tree tree && other instanceof Tree that) {
      return tree.size() == that.size()
          && tree.emptyNames().equals(that.emptyNames())
          && tree.names().stream().allMatch(name -> that.has(name) && alike(tree.get(name), that.get(name)));
    }
    if (one instanceof List<?> list && other instanceof List<?> that) {
      return list.size() == that.size() && IntStream.range(0, list.size()).allMatch(i -> alike(list.get(i), that.get(i)));
    }
    return Objects.equals(one, other);
  }
}
