package io.kubrig.apiserver.validation;

import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.quantity.QuantityException;
import io.kubrig.machinery.tree.Tree;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;

/** What resource names and amounts must look like. (Source: ValidateResourceQuantityValue and its relatives of core validation.) */
public final class Quantities {
  private static final Set<String> INTEGER_RESOURCES =
      Set.of(
          "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims",
              "services.nodeports",
          "services.loadbalancers");
  private static final Set<String> STANDARD_RESOURCES =
      Set.of(
          "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu",
              "limits.memory",
          "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps",
          "persistentvolumeclaims", "storage", "requests.storage", "services.nodeports", "services.loadbalancers");

  private Quantities() {}

  /** The amount under a name; empty when there is none or it cannot be read. */
  public static Optional<Quantity> of(Tree holder, String name) {
    Object value = holder.get(name);
    if (value == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(Quantity.parse(String.valueOf(value)));
    } catch (QuantityException e) {
      return Optional.empty();
    }
  }

  public static void resourceName(String name, FieldPath path, FieldErrors errors) {
    Names.qualifiedName(name).forEach(text -> errors.invalid(path, name, text));
    if (!name.contains("/") && !isStandard(name)) {
      errors.invalid(path, name, "must be a standard resource type or fully qualified");
    }
  }

  private static boolean isStandard(String name) {
    return STANDARD_RESOURCES.contains(name) || name.startsWith("hugepages-") || name.startsWith("requests.hugepages-");
  }

  /** An amount must not be negative, and whole where the resource is counted. */
  public static void amount(String resource, Quantity quantity, FieldPath path, FieldErrors errors) {
    nonNegative(quantity, path, errors);
    if (isCounted(resource) && !isWhole(quantity)) {
      errors.invalid(path, quantity.toString(), "must be an integer");
    }
  }

  public static boolean isCounted(String resource) {
    return INTEGER_RESOURCES.contains(resource) || isExtended(resource);
  }

  /** Whether a resource is defined by somebody else than Kubernetes. */
  public static boolean isExtended(String resource) {
    return resource.contains("/")
        && !resource.contains("kubernetes.io/")
        && !resource.startsWith("requests.")
        && Names.qualifiedName("requests." + resource).isEmpty();
  }

  public static boolean isWhole(Quantity quantity) {
    BigDecimal amount = quantity.amount();
    return amount.stripTrailingZeros().scale() <= 0;
  }

  public static void nonNegative(Quantity quantity, FieldPath path, FieldErrors errors) {
    if (quantity.sign() < 0) {
      errors.invalid(path, quantity.toString(), "must be greater than or equal to 0");
    }
  }
}
