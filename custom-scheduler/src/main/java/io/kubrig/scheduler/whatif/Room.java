package io.kubrig.scheduler.whatif;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.NodeStatuses;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Preemptions;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who would have to leave for a pod that fits nowhere, who has left, and from which priority on somebody would. */
final class Room {
  private static final int NODES_TRIED = 100;
  private static final int NODES_TRIED_FOR_CHANGES = 50;
  private static final int PRIORITIES_TRIED = 4;

  private final Profile profile;
  private final ClusterState cluster;

  Room(Profile profile, ClusterState cluster) {
    this.profile = profile;
    this.cluster = cluster;
  }

  /** What the scheduler would do; after the filters. Null when it evicts nobody ever. */
  Explanation.Preemption preemption(CycleState state, Pod pod, NodeStatuses statuses) {
    return profile.previewPreemption(state, pod, statuses, NODES_TRIED)
        .map(p -> new Explanation.Preemption(p.node(), victims(p.victims()), p.budgetViolations(), p.message())).orElse(null);
  }

  /** The least priority (and, if need be, another preemption policy) with which the pod would be made room for. */
  Optional<Explanation.Change> change(CycleState state, Pod pod, NodeStatuses statuses) {
    if (pod.spec().order().neverPreempts()) {
      Optional<Explanation.Change> asItIs = with(state, pod, pod.priority(), statuses);
      if (asItIs.isPresent()) {
        return asItIs;
      }
    }
    TreeSet<Integer> above = new TreeSet<>();
    cluster.nodes().forEach(n -> n.pods().forEach(p -> {
      if (p.priority() >= pod.priority() && p.priority() < Integer.MAX_VALUE) {
        above.add(p.priority() + 1);
      }
    }));
    return above.stream().limit(PRIORITIES_TRIED).flatMap(priority -> with(state, pod, priority, statuses).stream()).findFirst();
  }

  private Optional<Explanation.Change> with(CycleState state, Pod pod, int priority, NodeStatuses statuses) {
    Pod.Spec s = pod.spec();
    Pod.Order order = new Pod.Order(s.order().schedulerName(), priority, false, s.order().gates(), s.order().group());
    Pod other = new Pod(pod.namespace(), pod.name(), pod.uid(), pod.labels(),
        new Pod.Spec(order, s.requests(), s.nodes(), s.pods(), s.footprint()), pod.state(), pod.source());
    return profile.previewPreemption(state, other, statuses, NODES_TRIED_FOR_CHANGES).filter(p -> p.node() != null)
        .map(p -> new Explanation.Change(how(pod, priority) + " (evicting "
            + p.victims().stream().map(Pod::key).collect(Collectors.joining(", ")) + ")", List.of(p.node()), 1));
  }

  private static String how(Pod pod, int priority) {
    String policy = "let preemptionPolicy be PreemptLowerPriority";
    String value = "have priority " + priority + " or more";
    if (!pod.spec().order().neverPreempts()) {
      return value;
    }
    return priority == pod.priority() ? policy : value + " and " + policy;
  }

  private static List<Explanation.Victim> victims(List<Pod> pods) {
    return pods.stream().map(p -> new Explanation.Victim(p.key(), p.priority())).toList();
  }

  /** In which evictions a pod has had a part. */
  static List<Explanation.Eviction> evictions(ClusterState cluster, String pod) {
    return cluster.preemptions().of(pod).stream().map(Room::told).toList();
  }

  private static Explanation.Eviction told(Preemptions.Preemption p) {
    return new Explanation.Eviction(p.at().toString(), p.by(), p.priority(), p.node(),
        p.victims().stream().map(v -> new Explanation.Victim(v.key(), v.priority())).toList());
  }
}
