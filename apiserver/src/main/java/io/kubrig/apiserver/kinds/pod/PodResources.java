package io.kubrig.apiserver.kinds.pod;

import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a pod asks for as a whole, and the class of service that follows from it. */
public final class PodResources {
  private static final Set<String> COUNTED_FOR_QOS = Set.of("cpu", "memory");

  private PodResources() {}

  /**
   * The sum over a pod's containers: what runs together is added, what runs before counts where it is more.
   *
   * @param kind requests or limits
   */
  public static Map<String, Quantity> ofContainers(Tree spec, String kind) {
    Map<String, Quantity> sum = new LinkedHashMap<>();
    for (Tree container : spec.trees("containers")) {
      ResourceAmounts.add(sum, amounts(container, kind));
    }
    Map<String, Quantity> sidecars = new LinkedHashMap<>();
    Map<String, Quantity> starting = new LinkedHashMap<>();
    for (Tree container : spec.trees("initContainers")) {
      Map<String, Quantity> own = amounts(container, kind);
      if (isSidecar(container)) {
        ResourceAmounts.add(sum, own);
        ResourceAmounts.add(sidecars, own);
        own = new LinkedHashMap<>(sidecars);
      } else {
        Map<String, Quantity> together = new LinkedHashMap<>(own);
        ResourceAmounts.add(together, sidecars);
        own = together;
      }
      ResourceAmounts.max(starting, own);
    }
    ResourceAmounts.max(sum, starting);
    return sum;
  }

  private static Map<String, Quantity> amounts(Tree container, String kind) {
    return ResourceAmounts.of(container.at("resources", kind));
  }

  /** Whether an init container goes on running beside the others. */
  static boolean isSidecar(Tree container) {
    return container.string("restartPolicy").equals("Always");
  }

  /** Whether a resource may be stated for the pod as a whole. */
  static boolean isPodLevel(String name) {
    return COUNTED_FOR_QOS.contains(name) || name.startsWith("hugepages-");
  }

  /** Guaranteed, Burstable or BestEffort. */
  public static String qosClass(Tree spec) {
    Tree whole = spec.tree("resources");
    boolean podLevel = spec.get("resources") instanceof Tree;
    Map<String, Quantity> requests = new HashMap<>();
    Map<String, Quantity> limits = new HashMap<>();
    boolean guaranteed = true;
    for (Tree resources : podLevel ? List.of(whole) : ofEach(spec)) {
      ResourceAmounts.add(requests, counted(resources.tree("requests")));
      Map<String, Quantity> own = counted(resources.tree("limits"));
      ResourceAmounts.add(limits, own);
      guaranteed &= own.keySet().containsAll(COUNTED_FOR_QOS);
    }
    if (requests.isEmpty() && limits.isEmpty()) {
      return "BestEffort";
    }
    return guaranteed && requests.equals(limits) ? "Guaranteed" : "Burstable";
  }

  private static List<Tree> ofEach(Tree spec) {
    List<Tree> all = spec.trees("containers");
    all.addAll(spec.trees("initContainers"));
    return all.stream().map(container -> container.tree("resources")).toList();
  }

  private static Map<String, Quantity> counted(Tree list) {
    Map<String, Quantity> amounts = ResourceAmounts.of(list);
    amounts.entrySet().removeIf(entry -> !COUNTED_FOR_QOS.contains(entry.getKey()) || entry.getValue().sign() <= 0);
    return amounts;
  }
}
