package io.kubrig.operators.horizontalpodautoscaler;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The pods of a target by what their metrics are worth.
 *
 * @param ready how many count in full
 * @param unready pods that have not settled: they count as idle when more pods are wanted
 * @param missing pods without a metric
 * @param ignored pods that are going or have failed
 */
record PodGroups(int ready, Set<String> unready, Set<String> missing, Set<String> ignored) {
  private static final String CPU = "cpu";

  /**
   * How long young pods are looked at with care.
   *
   * @param initialization how long after its start the CPU usage of a pod may be that of its start
   * @param readiness how long after its start a pod may become ready for the first time
   */
  record Youth(Duration initialization, Duration readiness) {}

  static PodGroups of(List<Pod> pods, Map<String, PodMetric> metrics, String resource, Youth youth, Instant now) {
    int ready = 0;
    Set<String> unready = new LinkedHashSet<>();
    Set<String> missing = new LinkedHashSet<>();
    Set<String> ignored = new LinkedHashSet<>();
    for (Pod pod : pods) {
      String name = pod.getMetadata().getName();
      if (Objects.isTerminating(pod) || Pods.phase(pod).equals("Failed")) {
        ignored.add(name);
      } else if (Pods.phase(pod).equals("Pending")) {
        unready.add(name);
      } else if (!metrics.containsKey(name)) {
        missing.add(name);
      } else if (resource.equals(CPU) && isUnsettled(pod, metrics.get(name), youth, now)) {
        unready.add(name);
      } else {
        ready++;
      }
    }
    return new PodGroups(ready, unready, missing, ignored);
  }

  private static boolean isUnsettled(Pod pod, PodMetric metric, Youth youth, Instant now) {
    Optional<PodCondition> condition = Pods.condition(pod, "Ready");
    Optional<Instant> start = Objects.time(pod.getStatus().getStartTime());
    if (condition.isEmpty() || start.isEmpty()) {
      return true;
    }
    boolean notReady = "False".equals(condition.get().getStatus());
    Instant changed = Objects.time(condition.get().getLastTransitionTime()).orElse(Instant.EPOCH);
    if (start.get().plus(youth.initialization()).isAfter(now)) {
      return notReady || metric.at().isBefore(changed.plus(metric.window()));
    }
    return notReady && start.get().plus(youth.readiness()).isAfter(changed);
  }
}
