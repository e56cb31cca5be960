package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.quantity.QuantityException;
import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** Amounts of resources by name, as they stand under {@code requests}, {@code limits} and {@code overhead}. */
public final class ResourceAmounts {
  private static final int MILLI = -3;

  private ResourceAmounts() {}

  /** The amounts of a resource list; what is no quantity is left out. */
  public static Map<String, Quantity> of(Tree list) {
    Map<String, Quantity> amounts = new LinkedHashMap<>();
    list.forEach((name, value) -> amount(value).ifPresent(amount -> amounts.put(name, amount)));
    return amounts;
  }

  static Optional<Quantity> amount(Object value) {
    try {
      return switch (value) {
        case String text -> Optional.of(Quantity.parse(text));
        case Long number -> Optional.of(Quantity.of(number));
        case null, default -> Optional.empty();
      };
    } catch (QuantityException e) {
      return Optional.empty();
    }
  }

  /** Nothing is finer than a thousandth: rounds {@code requests} and {@code limits} up. */
  public static void roundUp(Tree resources) {
    for (String list : new String[] {"requests", "limits"}) {
      roundUpList(resources.tree(list));
    }
  }

  /** {@link #roundUp} of one list of resources. */
  public static void roundUpList(Tree list) {
    for (int i = 0; i < list.size(); i++) {
      int at = i;
      amount(list.valueAt(i)).ifPresent(amount -> list.setValueAt(at, amount.roundedUp(MILLI).toString()));
    }
  }

  static void add(Map<String, Quantity> sum, Map<String, Quantity> more) {
    merge(sum, more, Quantity::plus);
  }

  static void max(Map<String, Quantity> greatest, Map<String, Quantity> other) {
    merge(greatest, other, Quantity::max);
  }

  private static void merge(Map<String, Quantity> into, Map<String, Quantity> other, BinaryOperator<Quantity> how) {
    other.forEach((name, amount) -> into.merge(name, amount, how));
  }
}
