package io.kubrig.kubelet.config;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubrig.kubelet.container.CgroupResources;
import io.kubrig.kubelet.pod.Admission;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.status.StatusInput.Failure;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The last check before a pod runs: whether the node has what it asks for, and whether it selected this node. A pod that is refused has
 * failed. Source: the kubelet's predicates, reasons {@code OutOfcpu} and {@code NodeAffinity}.
 */
record NodeAdmission(Supplier<Optional<Node>> node, Map<String, Quantity> allocatable) implements Admission {

  @Override
  public Optional<Failure> refusal(Pod pod, Collection<Pod> others) {
    boolean runs = pod.getStatus() != null && !pod.getStatus().getContainerStatuses().isEmpty();
    if (runs) {
      return Optional.empty();
    }
    Optional<Failure> affinity = selector(pod);
    return affinity.isPresent() ? affinity : resources(pod, others);
  }

  private Optional<Failure> selector(Pod pod) {
    Map<String, String> wanted = pod.getSpec().getNodeSelector();
    Map<String, String> labels = node.get().map(n -> n.getMetadata().getLabels()).orElse(null);
    return wanted == null || wanted.isEmpty() || labels == null || labels.entrySet().containsAll(wanted.entrySet())
        ? Optional.empty()
        : Optional.of(new Failure("NodeAffinity",
            "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector"));
  }

  private Optional<Failure> resources(Pod pod, Collection<Pod> others) {
    List<Pod> counted = others.stream().filter(other -> !ended(other)).toList();
    if (allocatable.containsKey("pods")) {
      long capacity = CgroupResources.bytes(allocatable, "pods");
      if (counted.size() + 1 > capacity) {
        return Optional.of(outOf("pods", 1, counted.size(), capacity));
      }
    }
    for (String resource : List.of("cpu", "memory")) {
      boolean cpu = resource.equals("cpu");
      long requested = request(pod, cpu);
      long used = counted.stream().mapToLong(other -> request(other, cpu)).sum();
      long capacity = cpu ? CgroupResources.milli(allocatable, resource) : CgroupResources.bytes(allocatable, resource);
      if (allocatable.containsKey(resource) && requested > 0 && used + requested > capacity) {
        return Optional.of(outOf(resource, requested, used, capacity));
      }
    }
    return Optional.empty();
  }

  private static Failure outOf(String resource, long requested, long used, long capacity) {
    return new Failure(
        "OutOf" + resource,
        "Pod was rejected: Node didn't have enough resource: " + resource + ", requested: " + requested + ", used: " + used
            + ", capacity: " + capacity);
  }

  private static boolean ended(Pod pod) {
    return pod.getStatus() != null && ("Succeeded".equals(pod.getStatus().getPhase()) || "Failed".equals(pod.getStatus().getPhase()));
  }

  /** All containers that run together, or the biggest that runs alone before them. Unit: thousandths of a cpu, or bytes. */
  private static long request(Pod pod, boolean cpu) {
    long together = pod.getSpec().getContainers().stream().mapToLong(container -> amount(container, cpu)).sum();
    long sidecars = 0;
    long alone = 0;
    for (Container init : pod.getSpec().getInitContainers()) {
      if (Containers.isSidecar(init)) {
        sidecars += amount(init, cpu);
      } else {
        alone = Math.max(alone, sidecars + amount(init, cpu));
      }
    }
    return Math.max(together + sidecars, alone);
  }

  private static long amount(Container container, boolean cpu) {
    Map<String, Quantity> requests = CgroupResources.requests(container);
    return cpu ? CgroupResources.milli(requests, "cpu") : CgroupResources.bytes(requests, "memory");
  }
}
