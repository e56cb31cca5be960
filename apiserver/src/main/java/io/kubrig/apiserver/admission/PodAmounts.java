package io.kubrig.apiserver.admission;

import io.kubrig.apiserver.kinds.pod.PodResources;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pod as a whole asks for, as limits and quotas count it: resizes in progress at their greater end. (Source: KEP-1287, KEP-2837.)
 */
public final class PodAmounts {
  private PodAmounts() {}

  /** The sum of the requests, overhead not included. */
  public static Map<String, Quantity> requests(Tree pod) {
    return withPodLevel(pod, "requests", PodResources.ofContainers(atTheirGreatest(pod), "requests"));
  }

  /** The sum of the limits, overhead not included. */
  public static Map<String, Quantity> limits(Tree pod) {
    return withPodLevel(pod, "limits", PodResources.ofContainers(atTheirGreatest(pod), "limits"));
  }

  public static Map<String, Quantity> requestsWithOverhead(Tree pod) {
    Map<String, Quantity> sum = requests(pod);
    ResourceAmounts.of(pod.at("spec", "overhead")).forEach((name, more) -> sum.merge(name, more, Quantity::plus));
    return sum;
  }

  /** Overhead counts only where there is a limit. */
  public static Map<String, Quantity> limitsWithOverhead(Tree pod) {
    Map<String, Quantity> sum = limits(pod);
    ResourceAmounts.of(pod.at("spec", "overhead"))
        .forEach((name, more) -> sum.computeIfPresent(name, (key, amount) -> amount.isZero() ? amount : amount.plus(more)));
    return sum;
  }

  static boolean isPodLevel(String resource) {
    return resource.equals("cpu") || resource.equals("memory") || resource.startsWith("hugepages-");
  }

  private static Map<String, Quantity> withPodLevel(Tree pod, String list, Map<String, Quantity> sum) {
    ResourceAmounts.of(pod.at("spec", "resources", list))
        .forEach(
            (name, amount) -> {
              if (isPodLevel(name)) {
                sum.put(name, amount);
              }
            });
    return sum;
  }

  /** The spec with the resources of each container as far as they are wanted, granted or in force, whichever is most. */
  private static Tree atTheirGreatest(Tree pod) {
    Map<String, Tree> statuses = new LinkedHashMap<>();
    for (String list : new String[] {"initContainerStatuses", "containerStatuses"}) {
      pod.tree("status").trees(list).forEach(status -> statuses.put(status.string("name"), status));
    }
    if (statuses.isEmpty()) {
      return pod.tree("spec");
    }
    Tree spec = pod.tree("spec").copy();
    for (Tree container : Pods.containers(spec)) {
      Tree status = statuses.get(container.string("name"));
      if (status != null) {
        container.set("resources", greatest(container.tree("resources"), status, isInfeasible(pod)));
      }
    }
    return spec;
  }

  private static Tree greatest(Tree wanted, Tree status, boolean infeasible) {
    Tree inForce = status.tree("resources");
    Map<String, Quantity> requests = new LinkedHashMap<>(infeasible ? Map.of() : ResourceAmounts.of(wanted.tree("requests")));
    Map<String, Quantity> limits = new LinkedHashMap<>(infeasible ? Map.of() : ResourceAmounts.of(wanted.tree("limits")));
    ResourceAmounts.of(inForce.tree("requests")).forEach((name, amount) -> requests.merge(name, amount, Quantity::max));
    ResourceAmounts.of(status.tree("allocatedResources")).forEach((name, amount) -> requests.merge(name, amount, Quantity::max));
    ResourceAmounts.of(inForce.tree("limits")).forEach((name, amount) -> limits.merge(name, amount, Quantity::max));
    return Tree.of("requests", list(requests), "limits", list(limits));
  }

  private static Tree list(Map<String, Quantity> amounts) {
    Tree list = new Tree();
    amounts.forEach((name, amount) -> list.set(name, amount.toString()));
    return list;
  }

  private static boolean isInfeasible(Tree pod) {
    return pod.tree("status").trees("conditions").stream()
        .anyMatch(condition -> condition.string("type").equals("PodResizePending") && condition.string("reason").equals("Infeasible"));
  }
}
