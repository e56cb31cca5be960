package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.daemonset.DaemonSetPlan.Bounds;
import io.kubrig.operators.daemonset.DaemonSetPlan.Observed;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The next pods of the old version to replace, within the bounds of the strategy. */
final class DaemonRollout {
  private final Observed seen;

  private DaemonRollout(Observed seen) {
    this.seen = seen;
  }

  /** The one pod of each version on a node. */
  private record Pair(Optional<Pod> fresh, Optional<Pod> old) {}

  static DaemonSetPlan plan(Observed seen) {
    Map<String, List<Pod>> byNode = seen.byNode();
    int desired = 0;
    for (Node node : seen.nodes()) {
      if (DaemonPods.verdict(seen.set(), node).run()) {
        desired++;
        byNode.putIfAbsent(node.getMetadata().getName(), List.of());
      }
    }
    Bounds bounds = Bounds.of(seen.set(), desired);
    DaemonRollout rollout = new DaemonRollout(seen);
    return bounds.surge() == 0 ? rollout.replace(byNode, bounds.unavailable()) : rollout.surge(byNode, bounds.surge());
  }

  /** Deletes old pods; the next pass puts new ones in their places. */
  private DaemonSetPlan replace(Map<String, List<Pod>> byNode, int maxUnavailable) {
    List<Pod> delete = new ArrayList<>();
    List<Pod> candidates = new ArrayList<>();
    int unavailable = 0;
    for (List<Pod> pods : byNode.values()) {
      Optional<Pair> pair = pair(pods);
      if (pair.isEmpty() || pair.get().fresh().isPresent() == pair.get().old().isPresent()) {
        unavailable++;
      } else if (pair.get().fresh().isPresent()) {
        unavailable += seen.isAvailable(pair.get().fresh().get()) ? 0 : 1;
      } else if (!seen.isAvailable(pair.get().old().get())) {
        unavailable++;
        delete.add(pair.get().old().get());
      } else {
        candidates.add(pair.get().old().get());
      }
    }
    delete.addAll(candidates.subList(0, Math.clamp((long) maxUnavailable - unavailable, 0, candidates.size())));
    return new DaemonSetPlan(List.of(), delete, List.of());
  }

  /** Puts new pods beside old ones, and deletes old ones whose successor is available. */
  private DaemonSetPlan surge(Map<String, List<Pod>> byNode, int maxSurge) {
    List<String> create = new ArrayList<>();
    List<String> candidates = new ArrayList<>();
    List<Pod> delete = new ArrayList<>();
    int surging = 0;
    for (Map.Entry<String, List<Pod>> entry : byNode.entrySet()) {
      Optional<Pair> pair = pair(entry.getValue());
      if (pair.isEmpty()) {
        surging++;
      } else if (pair.get().old().isPresent() && pair.get().fresh().isEmpty()) {
        (seen.isAvailable(pair.get().old().get()) ? candidates : create).add(entry.getKey());
      } else if (pair.get().old().isPresent()) {
        if (seen.isAvailable(pair.get().fresh().get())) {
          delete.add(pair.get().old().get());
        } else {
          surging++;
        }
      }
    }
    create.addAll(candidates.subList(0, Math.clamp((long) maxSurge - surging, 0, candidates.size())));
    return new DaemonSetPlan(create, delete, List.of());
  }

  /** The pods of a node by version; empty when there are two of one. */
  private Optional<Pair> pair(List<Pod> pods) {
    Optional<Pod> fresh = Optional.empty();
    Optional<Pod> old = Optional.empty();
    for (Pod pod : pods) {
      if (Objects.isTerminating(pod)) {
        continue;
      }
      boolean updated = DaemonPods.isUpdated(seen.set(), pod, seen.hash());
      if ((updated ? fresh : old).isPresent()) {
        return Optional.empty();
      }
      if (updated) {
        fresh = Optional.of(pod);
      } else {
        old = Optional.of(pod);
      }
    }
    return Optional.of(new Pair(fresh, old));
  }
}
