package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequestPolicy;
import io.fabric8.kubernetes.api.model.resource.v1.CapacityRequestPolicyRange;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCapacity;
import io.kubrig.scheduler.model.Amounts;
import java.math.BigDecimal;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** What a request takes from the capacity of a device. Source: KEP-5075. */
final class Capacity {
  private Capacity() {}

  /** Whether a device has what a request asks for, given how much of each capacity others have. */
  static boolean suffices(Map<String, DeviceCapacity> capacity, Map<String, Quantity> requests, Function<String, BigDecimal> taken) {
    if (!capacity.keySet().containsAll(requests.keySet())) {
      return false;
    }
    for (Map.Entry<String, DeviceCapacity> c : capacity.entrySet()) {
      Quantity consumed = consumed(requests.get(c.getKey()), c.getValue());
      if (violates(consumed, c.getValue().getRequestPolicy())
          || Amounts.exact(consumed).add(taken.apply(c.getKey())).compareTo(Amounts.exact(c.getValue().getValue())) > 0) {
        return false;
      }
    }
    return true;
  }

  /** What a request consumes of each capacity. */
  static Map<String, Quantity> consumed(Map<String, DeviceCapacity> capacity, Map<String, Quantity> requests) {
    Map<String, Quantity> out = new TreeMap<>();
    capacity.forEach((name, c) -> out.put(name, consumed(requests.get(name), c)));
    return out;
  }

  private static Quantity consumed(Quantity requested, DeviceCapacity capacity) {
    CapacityRequestPolicy policy = capacity.getRequestPolicy();
    if (requested == null) {
      return policy != null && policy.getDefault() != null ? policy.getDefault() : capacity.getValue();
    }
    if (policy == null) {
      return requested;
    }
    if (policy.getValidRange() != null && policy.getValidRange().getMin() != null) {
      return roundUp(requested, policy.getValidRange());
    }
    for (Quantity valid : policy.getValidValues()) {
      if (compare(requested, valid) <= 0) {
        return valid;
      }
    }
    return requested;
  }

  private static Quantity roundUp(Quantity requested, CapacityRequestPolicyRange range) {
    if (compare(requested, range.getMin()) < 0) {
      return range.getMin();
    }
    if (range.getStep() == null) {
      return requested;
    }
    long step = Amounts.value(range.getStep());
    long min = Amounts.value(range.getMin());
    long steps = -Math.floorDiv(-(Amounts.value(requested) - min), step);
    return Quantity.parse(io.kubrig.machinery.quantity.Quantity.of(BigDecimal.valueOf(min + steps * step),
        io.kubrig.machinery.quantity.Quantity.Format.BINARY_SI).toString());
  }

  private static boolean violates(Quantity consumed, CapacityRequestPolicy policy) {
    if (policy == null || policy.getDefault() != null && consumed.equals(policy.getDefault())) {
      return false;
    }
    CapacityRequestPolicyRange range = policy.getValidRange();
    if (range != null) {
      boolean tooMuch = range.getMax() != null && compare(consumed, range.getMax()) > 0;
      return tooMuch || range.getStep() != null
          && (Amounts.value(consumed) - (range.getMin() == null ? 0 : Amounts.value(range.getMin()))) % Amounts.value(range.getStep()) != 0;
    }
    return !policy.getValidValues().isEmpty() && policy.getValidValues().stream().noneMatch(v -> compare(consumed, v) == 0);
  }

  private static int compare(Quantity a, Quantity b) {
    return Amounts.exact(a).compareTo(Amounts.exact(b));
  }
}
