package io.kubrig.operators.resourcequota;

import io.kubrig.machinery.quantity.Quantity;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Amounts by the names that quotas give them. */
final class Usage {
  private Usage() {}

  /** The sum of many. */
  static Map<String, Quantity> sum(Collection<Map<String, Quantity>> parts) {
    Map<String, Quantity> sum = new HashMap<>();
    parts.forEach(part -> part.forEach((name, amount) -> sum.merge(name, amount, Quantity::plus)));
    return sum;
  }

  /** One of something. */
  static Quantity one() {
    return Quantity.of(1);
  }

  /** An amount of an API object. */
  static Quantity of(io.fabric8.kubernetes.api.model.Quantity amount) {
    return Quantity.parse(amount.toString());
  }
}
