package io.kubrig.operators.podgc;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one sweep takes away.
 *
 * @param orphaned pods of nodes that do not exist: they are marked as disrupted
 * @param others pods that are only marked as failed where they have not ended
 */
record PodGcPlan(List<Pod> orphaned, List<Pod> others) {
  private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

  /**
   * What is known.
   *
   * @param gone names of nodes that are surely gone
   * @param threshold how many finished pods may stay; zero or less for all
   */
  record Observed(List<Pod> pods, List<Node> nodes, Set<String> gone, int threshold) {}

  static PodGcPlan of(Observed seen) {
    Set<Pod> others = new HashSet<>();
    List<Pod> ordered = new ArrayList<>();
    for (List<Pod> some : List.of(finished(seen), outOfService(seen), unscheduled(seen))) {
      some.stream().filter(others::add).forEach(ordered::add);
    }
    List<Pod> orphaned = seen.pods().stream().filter(pod -> Pods.isAssigned(pod) && seen.gone().contains(pod.getSpec().getNodeName()))
        .filter(pod -> !others.contains(pod)).toList();
    return new PodGcPlan(orphaned, ordered);
  }

  private static List<Pod> finished(Observed seen) {
    if (seen.threshold() <= 0 || seen.pods().stream().filter(Pods::isFinished).count() <= seen.threshold()) {
      return List.of();
    }
    List<Pod> finished = seen.pods().stream().filter(Pods::isFinished)
        .sorted(Comparator.<Pod, Boolean>comparing(pod -> !isEvicted(pod)).thenComparing(Objects::created)
            .thenComparing(pod -> pod.getMetadata().getName())).toList();
    return finished.subList(0, finished.size() - seen.threshold());
  }

  private static boolean isEvicted(Pod pod) {
    return "Evicted".equals(pod.getStatus().getReason());
  }

  private static List<Pod> outOfService(Observed seen) {
    Map<String, Node> nodes = seen.nodes().stream().collect(Collectors.toMap(node -> node.getMetadata().getName(), node -> node));
    return seen.pods().stream().filter(pod -> Objects.isTerminating(pod) && Pods.isAssigned(pod))
        .filter(pod -> nodes.containsKey(pod.getSpec().getNodeName()) && isOutOfService(nodes.get(pod.getSpec().getNodeName()))).toList();
  }

  private static boolean isOutOfService(Node node) {
    boolean ready = node.getStatus() != null && Objects.orEmpty(node.getStatus().getConditions()).stream()
        .anyMatch(condition -> "Ready".equals(condition.getType()) && "True".equals(condition.getStatus()));
    return !ready && node.getSpec() != null
        && Objects.orEmpty(node.getSpec().getTaints()).stream().anyMatch(taint -> OUT_OF_SERVICE.equals(taint.getKey()));
  }

  private static List<Pod> unscheduled(Observed seen) {
    return seen.pods().stream().filter(pod -> Objects.isTerminating(pod) && !Pods.isAssigned(pod)).toList();
  }
}
