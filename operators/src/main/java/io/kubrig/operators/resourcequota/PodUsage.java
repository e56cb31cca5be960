package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/** What one pod takes of a quota. */
final class PodUsage {
  private static final Set<String> NATIVE = Set.of("cpu", "memory", "ephemeral-storage");
  private static final String HUGE = "hugepages-";

  private PodUsage() {}

  /** Whether a name in a quota is about pods. */
  static boolean covers(String name) {
    String bare = name.startsWith("requests.") ? name.substring("requests.".length()) : name.startsWith("limits.") ? name.substring(7)
        : name;
    boolean prefixed = !bare.equals(name);
    return name.equals("pods") || name.equals("count/pods") || NATIVE.contains(bare) || bare.startsWith(HUGE)
        || prefixed && name.startsWith("requests.") && bare.contains("/") && !bare.startsWith("kubernetes.io/");
  }

  /** The pod's part; one that has ended, or should have by now, counts as an object only. */
  static Map<String, Quantity> of(Pod pod, Instant now) {
    Map<String, Quantity> usage = new HashMap<>();
    usage.put("count/pods", Usage.one());
    if (hasEnded(pod, now)) {
      return usage;
    }
    usage.put("pods", Usage.one());
    total(pod, ResourceRequirements::getRequests).forEach((resource, amount) -> {
      if (NATIVE.contains(resource) || resource.startsWith(HUGE)) {
        usage.put(resource, amount);
        usage.put("requests." + resource, amount);
      } else if (resource.contains("/")) {
        usage.put("requests." + resource, amount);
      }
    });
    total(pod, ResourceRequirements::getLimits).forEach((resource, amount) -> {
      if (NATIVE.contains(resource)) {
        usage.put("limits." + resource, amount);
      }
    });
    return usage;
  }

  static boolean hasEnded(Pod pod, Instant now) {
    if (Pods.isFinished(pod)) {
      return true;
    }
    return Objects.time(pod.getMetadata().getDeletionTimestamp()).filter(end -> now.isAfter(end)).isPresent();
  }

  /** The larger of what init containers need one after the other and what the others need together, plus overhead. */
  private static Map<String, Quantity> total(Pod pod,
      Function<ResourceRequirements, Map<String, io.fabric8.kubernetes.api.model.Quantity>> part) {
    Map<String, Quantity> sum = new HashMap<>();
    Map<String, Quantity> sidecars = new HashMap<>();
    Map<String, Quantity> peak = new HashMap<>();
    Objects.orEmpty(pod.getSpec().getContainers()).forEach(container -> add(sum, amounts(container.getResources(), part)));
    for (Container init : Objects.orEmpty(pod.getSpec().getInitContainers())) {
      Map<String, Quantity> own = amounts(init.getResources(), part);
      if ("Always".equals(init.getRestartPolicy())) {
        add(sum, own);
        add(sidecars, own);
        max(peak, sidecars);
      } else {
        Map<String, Quantity> together = new HashMap<>(sidecars);
        add(together, own);
        max(peak, together);
      }
    }
    max(sum, peak);
    sum.putAll(amounts(pod.getSpec().getResources(), part));
    Map<String, Quantity> overhead = new HashMap<>();
    Objects.orEmpty(pod.getSpec().getOverhead()).forEach((resource, amount) -> overhead.put(resource, Usage.of(amount)));
    overhead.keySet().retainAll(sum.keySet());
    add(sum, overhead);
    return sum;
  }

  private static Map<String, Quantity> amounts(
      ResourceRequirements resources, Function<ResourceRequirements, Map<String, io.fabric8.kubernetes.api.model.Quantity>> part) {
    Map<String, Quantity> amounts = new HashMap<>();
    if (resources != null) {
      Objects.orEmpty(part.apply(resources)).forEach((resource, amount) -> amounts.put(resource, Usage.of(amount)));
    }
    return amounts;
  }

  private static void add(Map<String, Quantity> sum, Map<String, Quantity> more) {
    more.forEach((resource, amount) -> sum.merge(resource, amount, Quantity::plus));
  }

  private static void max(Map<String, Quantity> most, Map<String, Quantity> other) {
    other.forEach((resource, amount) -> most.merge(resource, amount, Quantity::max));
  }

  /** Whether no container asks for or is limited in anything. */
  static boolean isBestEffort(Pod pod) {
    return Stream.of(pod.getSpec().getContainers(), pod.getSpec().getInitContainers()).map(Objects::orEmpty)
        .flatMap(List::stream)
        .map(Container::getResources).filter(java.util.Objects::nonNull)
        .allMatch(r -> isNone(r.getRequests()) && isNone(r.getLimits())) && (pod.getSpec().getResources() == null
        || isNone(pod.getSpec().getResources().getRequests()) && isNone(pod.getSpec().getResources().getLimits()));
  }

  private static boolean isNone(Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
    return Objects.orEmpty(amounts).entrySet().stream()
        .noneMatch(e -> (e.getKey().equals("cpu") || e.getKey().equals("memory")) && !Usage.of(e.getValue()).isZero());
  }
}
