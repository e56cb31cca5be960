package io.kubrig.apiserver.kinds.resource;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How much of a capacity that is shared one request may take: one of some values, or a range in steps. (Source: KEP-5075.) */
final class CapacityPolicies {
  private static final int MOST_VALUES = 10;

  private final Quantity capacity;
  private final FieldErrors errors;

  private CapacityPolicies(Quantity capacity, FieldErrors errors) {
    this.capacity = capacity;
    this.errors = errors;
  }

  /** @param capacity with the members value and requestPolicy */
  static void check(Tree capacity, FieldPath path, FieldErrors errors) {
    Quantity whole = Quantities.of(capacity, "value").orElse(Quantity.ZERO);
    new CapacityPolicies(whole, errors).policy(capacity.tree("requestPolicy"), path);
  }

  private void policy(Tree policy, FieldPath path) {
    boolean values = !policy.list("validValues").isEmpty();
    boolean range = policy.get("validRange") != null;
    Optional<Quantity> usual = Quantities.of(policy, "default");
    if (values && range) {
      errors.forbidden(path, "exactly one policy can be specified, cannot specify \"validValues\" and \"validRange\" at the same time");
    } else if ((values || range) && usual.isEmpty()) {
      errors.required(path.child("default"), "required when " + (values ? "validValues" : "validRange") + " is defined");
    } else if (values) {
      values(policy.list("validValues").stream().map(value -> Quantity.parse(String.valueOf(value))).toList(), usual.get(), path);
    } else if (range) {
      range(policy.tree("validRange"), usual.get(), path.child("validRange"));
    }
  }

  private void values(List<Quantity> values, Quantity usual, FieldPath policyPath) {
    FieldPath path = policyPath.child("validValues");
    for (int i = 1; i < values.size(); i++) {
      if (values.get(i - 1).compareTo(values.get(i)) > 0) {
        errors.invalid(path.index(i), values.get(i).toString(), "values must be sorted in ascending order");
      }
    }
    boolean found = false;
    if (values.size() > MOST_VALUES) {
      errors.tooMany(path, values.size(), MOST_VALUES);
    } else {
      Set<Long> seen = new HashSet<>();
      for (int i = 0; i < values.size(); i++) {
        if (values.get(i).compareTo(capacity) > 0) {
          errors.invalid(path.index(i), values.get(i).toString(), "option is larger than capacity value: " + capacity);
        }
        found |= values.get(i).compareTo(usual) == 0;
        if (!seen.add(values.get(i).value())) {
          errors.duplicate(path.index(i), Long.toString(values.get(i).value()));
        }
      }
    }
    if (!found) {
      errors.invalid(path, usual.toString(), "default value is not valid according to the requestPolicy");
    }
  }

  private void range(Tree range, Quantity usual, FieldPath path) {
    Optional<Quantity> least = Quantities.of(range, "min");
    if (least.isEmpty()) {
      errors.required(path.child("min"), "required when validRange is defined");
      return;
    }
    Quantity min = least.get();
    less(min, capacity, path.child("min"), min, "min is larger than capacity value: " + capacity);
    less(min, usual, path.child("min"), usual, "default is less than min: " + min);
    Optional<Quantity> most = Quantities.of(range, "max");
    if (most.isPresent()) {
      Quantity max = most.get();
      less(min, max, path.child("max"), min, "min is larger than max: " + max);
      less(max, capacity, path.child("max"), max, "max is larger than capacity value: " + capacity);
      less(usual, max, path.child("max"), usual, "default is more than max: " + max);
    }
    Quantities.of(range, "step").ifPresent(step -> steps(step, min, usual, most, path.child("step")));
  }

  private void less(Quantity smaller, Quantity larger, FieldPath path, Quantity shown, String trouble) {
    if (smaller.compareTo(larger) > 0) {
      errors.invalid(path, shown.toString(), trouble);
    }
  }

  private void steps(Quantity step, Quantity min, Quantity usual, Optional<Quantity> max, FieldPath path) {
    Quantity first = min.plus(step);
    if (first.compareTo(capacity) > 0) {
      errors.invalid(path, step.toString(), "one step " + first + " is larger than capacity value: " + capacity);
    }
    onStep(usual, min, step, path);
    max.ifPresent(value -> onStep(value, min, step, path));
  }

  private void onStep(Quantity value, Quantity min, Quantity step, FieldPath path) {
    if (step.value() != 0 && (value.value() - min.value()) % step.value() != 0) {
      errors.invalid(path, value.toString(), "value is not a multiple of a given step (" + step + ") from (" + min + ")");
    }
  }
}
