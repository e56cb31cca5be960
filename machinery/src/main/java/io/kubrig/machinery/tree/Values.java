package io.kubrig.machinery.tree;

import java.util.ArrayList;
import java.util.List;

/** Copies and freezes what stands in trees. */
final class Values {
  private Values() {}

  static Object copied(Object value) {
    return switch (value) {
      case Tree tree -> tree.copy();
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        for (Object element : list) {
          copy.add(copied(element));
        }
        yield copy;
      }
      case null -> null;
      default -> value;
    };
  }

  static Object frozen(Object value) {
    return switch (value) {
      case Tree tree -> tree.freeze();
      case List<?> list -> list.stream().map(Values::frozen).toList();
      case null -> null;
      default -> value;
    };
  }
}
