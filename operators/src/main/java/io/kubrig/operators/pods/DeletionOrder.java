package io.kubrig.operators.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Objects;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
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

  private final Instant now;

  private DeletionOrder(Instant now) {
    this.now = now;
  }

  /**
   * What of a pod decides, read once.
   *
   * @param crowd how many related pods its node has
   */
  private record Candidate(Pod pod, boolean assigned, int phase, Optional<Instant> readySince, boolean ready, int cost, int crowd,
      int restarts, Optional<Instant> created) {
    static Candidate of(Pod pod, int crowd, Map<String, Optional<Instant>> times) {
      return new Candidate(pod, Pods.isAssigned(pod), PHASES.getOrDefault(Pods.phase(pod), 0), Pods.readySince(pod), Pods.isReady(pod),
          DeletionOrder.cost(pod), crowd, Pods.maxRestarts(pod),
          times.computeIfAbsent(pod.getMetadata().getCreationTimestamp(), Objects::time));
    }

    String uid() {
      return String.valueOf(pod.getMetadata().getUid());
    }
  }

  /** The candidates in the order of their deletion. @param related the pods of all sets of one owner: they make a node crowded */
  public static List<Pod> sorted(List<Pod> candidates, List<Pod> related, Instant now) {
    Map<String, Integer> perNode = new HashMap<>();
    related.stream().filter(Pods::isActive).forEach(pod -> perNode.merge(node(pod), 1, Integer::sum));
    Map<String, Optional<Instant>> times = new HashMap<>(); // thousands of pods are made in few seconds
    return candidates.stream().map(pod -> Candidate.of(pod, perNode.getOrDefault(node(pod), 0), times))
        .sorted(new DeletionOrder(now)::compare).map(Candidate::pod).toList();
  }

  private static String node(Pod pod) {
    return pod.getSpec().getNodeName() == null ? "" : pod.getSpec().getNodeName();
  }

  private int compare(Candidate a, Candidate b) {
    if (a.assigned != b.assigned) {
      return a.assigned ? 1 : -1;
    }
    if (a.phase != b.phase) {
      return Integer.compare(a.phase, b.phase);
    }
    if (a.ready != b.ready) {
      return a.ready ? 1 : -1;
    }
    if (a.cost != b.cost) {
      return Integer.compare(a.cost, b.cost);
    }
    return a.crowd != b.crowd ? Integer.compare(b.crowd, a.crowd) : compareAges(a, b);
  }

  private int compareAges(Candidate a, Candidate b) {
    if (a.ready && b.ready && !a.readySince.equals(b.readySince)) {
      return orByUid(compareTimes(a.readySince, b.readySince), a, b);
    }
    if (a.restarts != b.restarts) {
      return Integer.compare(b.restarts, a.restarts);
    }
    return orByUid(compareTimes(a.created, b.created), a, b);
  }

  private static int orByUid(int order, Candidate a, Candidate b) {
    return order != 0 ? order : a.uid().compareTo(b.uid());
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
