package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.kubrig.operators.daemonset.DaemonSetPlan.Observed;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.util.List;
import java.util.Map;

/** Counts of a daemon set's status. On a node with several pods the oldest speaks for it. */
final class DaemonStatus {
  private int desired;
  private int current;
  private int misscheduled;
  private int ready;
  private int available;
  private int updated;

  private DaemonStatus() {}

  static DaemonSetStatus of(Observed seen) {
    DaemonStatus counts = new DaemonStatus();
    Map<String, List<Pod>> byNode = seen.byNode();
    for (Node node : seen.nodes()) {
      List<Pod> pods = byNode.getOrDefault(node.getMetadata().getName(), List.of());
      if (DaemonPods.verdict(seen.set(), node).run()) {
        counts.desired++;
        counts.count(seen, pods);
      } else if (!pods.isEmpty()) {
        counts.misscheduled++;
      }
    }
    DaemonSetStatus old = seen.set().getStatus() == null ? new DaemonSetStatus() : seen.set().getStatus();
    return new DaemonSetStatusBuilder(Objects.copy(old)).withObservedGeneration(Objects.generation(seen.set()))
        .withDesiredNumberScheduled(counts.desired).withCurrentNumberScheduled(counts.current).withNumberMisscheduled(counts.misscheduled)
        .withNumberReady(counts.ready).withUpdatedNumberScheduled(zeroIsNull(counts.updated))
        .withNumberAvailable(zeroIsNull(counts.available)).withNumberUnavailable(zeroIsNull(counts.desired - counts.available)).build();
  }

  private void count(Observed seen, List<Pod> pods) {
    if (pods.isEmpty()) {
      return;
    }
    current++;
    Pod pod = pods.getFirst();
    if (Pods.isReady(pod)) {
      ready++;
      available += seen.isAvailable(pod) ? 1 : 0;
    }
    updated += DaemonPods.isUpdated(seen.set(), pod, seen.hash()) ? 1 : 0;
  }

  private static Integer zeroIsNull(int count) {
    return count == 0 ? null : count;
  }
}
