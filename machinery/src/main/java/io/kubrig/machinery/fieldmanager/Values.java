package io.kubrig.machinery.fieldmanager;

import io.kubrig.machinery.tree.Tree;
import java.util.List;

/** Equality and order of values: an integer equals a float of the same amount. */
final class Values {
  private Values() {}

  static boolean same(Object left, Object right) {
    return switch (left) {
      case null -> right == null;
      case Long number -> right instanceof Long other ? number.longValue() == other : right instanceof Double real
          && number.doubleValue() == real;
      case Double number -> right instanceof Number other && number == other.doubleValue();
      case Tree tree -> right instanceof Tree other && sameTrees(tree, other);
      case List<?> list -> right instanceof List<?> other && sameLists(list, other);
      default -> left.equals(right);
    };
  }

  private static boolean sameTrees(Tree left, Tree right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      String name = left.nameAt(i);
      if (!right.has(name) || !same(left.valueAt(i), right.get(name))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameLists(List<?> left, List<?> right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!same(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Numbers, then strings, then booleans, then the rest. */
  static int compare(Object left, Object right) {
    if (left instanceof Number a && right instanceof Number b) {
      return a instanceof Long x && b instanceof Long y ? Long.compare(x, y) : Double.compare(a.doubleValue(), b.doubleValue());
    }
    if (left instanceof String a && right instanceof String b) {
      return a.compareTo(b);
    }
    if (left instanceof Boolean a && right instanceof Boolean b) {
      return Boolean.compare(a, b);
    }
    return Integer.compare(rank(left), rank(right));
  }

  private static int rank(Object value) {
    return switch (value) {
      case Number number -> 0;
      case String text -> 1;
      case Boolean flag -> 2;
      case List<?> list -> 3;
      case Tree tree -> 4;
      case null, default -> 5;
    };
  }
}
