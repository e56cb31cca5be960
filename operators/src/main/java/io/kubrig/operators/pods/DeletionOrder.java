package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which pods of a set go first when it shrinks (the rules of {@code ActivePodsWithRanks}): unassigned, then pending, then unknown; not
 * ready; cheap to delete; on crowded nodes; ready for less long (on a logarithmic scale); restarted more; younger.
 */
public final class DeletionOrder {
  private static final String COST = "controller.kubernetes.io/pod-deletion-cost";
  private static final Map<String, Integer> PHASES = Map.of("Pending", 0, "Unknown", 1, "Running", 2);

  private final Map<Pod, Integer> ranks;
  private final Instant now;

  private DeletionOrder(Map<Pod, Integer> ranks, Instant now) {
    this.ranks = ranks;
    this.now = now;
  }

  /** The candidates in the order of their deletion. @param related the pods of all sets of one owner: they make a node crowded */
  public static List<Pod> sorted(List<Pod> candidates, List<Pod> related, Instant now) {
    Map<String, Integer> perNode = new HashMap<>();
    related.stream().filter(Pods::isActive).forEach(pod -> perNode.merge(node(pod), 1, Integer::sum));
    Map<Pod, Integer> ranks = new IdentityHashMap<>();
    candidates.forEach(pod -> ranks.put(pod, perNode.getOrDefault(node(pod), 0)));
    List<Pod> sorted = new ArrayList<>(candidates);
    sorted.sort(new DeletionOrder(ranks, now)::compare);
    return sorted;
  }

  private static String node(Pod pod) {
    return pod.getSpec().getNodeName() == null ? "" : pod.getSpec().getNodeName();
  }

  private int compare(Pod a, Pod b) {
    if (Pods.isAssigned(a) != Pods.isAssigned(b)) {
      return Pods.isAssigned(a) ? 1 : -1;
    }
    int byPhase = Integer.compare(PHASES.getOrDefault(Pods.phase(a), 0), PHASES.getOrDefault(Pods.phase(b), 0));
    if (byPhase != 0) {
      return byPhase;
    }
    if (Pods.isReady(a) != Pods.isReady(b)) {
      return Pods.isReady(a) ? 1 : -1;
    }
    int byCost = Integer.compare(cost(a), cost(b));
    if (byCost != 0) {
      return byCost;
    }
    int byCrowd = Integer.compare(ranks.get(b), ranks.get(a));
    return byCrowd != 0 ? byCrowd : compareAges(a, b);
  }

  private int compareAges(Pod a, Pod b) {
    if (Pods.isReady(a) && Pods.isReady(b) && !Pods.readySince(a).equals(Pods.readySince(b))) {
      return orByUid(compareTimes(Pods.readySince(a), Pods.readySince(b)), a, b);
    }
    int byRestarts = Integer.compare(Pods.maxRestarts(b), Pods.maxRestarts(a));
    if (byRestarts != 0) {
      return byRestarts;
    }
    return orByUid(compareTimes(Objects.time(a.getMetadata().getCreationTimestamp()),
        Objects.time(b.getMetadata().getCreationTimestamp())), a, b);
  }

  private static int orByUid(int order, Pod a, Pod b) {
    return order != 0 ? order : String.valueOf(a.getMetadata().getUid()).compareTo(String.valueOf(b.getMetadata().getUid()));
  }

  /** The later time first; ages of the same power of two are equal, an unknown time is the latest. */
  private int compareTimes(Optional<Instant> a, Optional<Instant> b) {
    if (a.equals(b)) {
      return 0;
    }
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? -1 : 1;
    }
    return Integer.compare(logarithm(a.get()), logarithm(b.get()));
  }

  private int logarithm(Instant since) {
    long nanos = Duration.between(since, now).toNanos();
    return nanos <= 0 ? -1 : 63 - Long.numberOfLeadingZeros(nanos);
  }

  private static int cost(Pod pod) {
    String text = Objects.annotations(pod).get(COST);
    if (text == null || !text.matches("0|-?[1-9][0-9]{0,10}")) {
      return 0;
    }
    long cost = Long.parseLong(text);
    return cost == (int) cost ? (int) cost : 0;
  }
}
