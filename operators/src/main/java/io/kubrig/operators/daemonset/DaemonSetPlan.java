package io.kubrig.operators.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Fraction;
import io.kubrig.operators.pods.Pods;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a daemon set is to do about its pods.
 *
 * @param create the nodes that get a pod
 * @param delete the pods that go
 * @param finished those among them that go because they have failed or succeeded
 */
record DaemonSetPlan(List<String> create, List<Pod> delete, List<Pod> finished) {
  static final int BURST = 250;

  /**
   * What is known of a set.
   *
   * @param pods its pods
   * @param backingOff the nodes whose failed pods are not to be touched yet
   */
  record Observed(DaemonSet set, String hash, List<Node> nodes, List<Pod> pods, Set<String> backingOff, Instant now) {

    /** The pods by node, without those that have ended and are being deleted. */
    Map<String, List<Pod>> byNode() {
      Map<String, List<Pod>> byNode = new LinkedHashMap<>();
      for (Pod pod : pods) {
        if (!(Pods.isFinished(pod) && Objects.isTerminating(pod))) {
          DaemonPods.node(pod).ifPresent(node -> byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(pod));
        }
      }
      byNode.values().forEach(list -> list.sort(DaemonPods.OLDEST_FIRST));
      return byNode;
    }

    int minReady() {
      return Objects.orElse(set.getSpec().getMinReadySeconds(), 0);
    }

    boolean isAvailable(Pod pod) {
      return Pods.isAvailable(pod, minReady(), now);
    }
  }

  boolean isEmpty() {
    return create.isEmpty() && delete.isEmpty();
  }

  /** Puts pods on nodes that lack one and takes away what should not be. */
  static DaemonSetPlan of(Observed seen) {
    List<String> create = new ArrayList<>();
    List<Pod> delete = new ArrayList<>();
    List<Pod> finished = new ArrayList<>();
    Map<String, List<Pod>> byNode = seen.byNode();
    Set<String> nodes = new HashSet<>();
    for (Node node : seen.nodes()) {
      String name = node.getMetadata().getName();
      nodes.add(name);
      List<Pod> pods = byNode.getOrDefault(name, List.of());
      DaemonPods.Verdict verdict = DaemonPods.verdict(seen.set(), node);
      if (verdict.run() && pods.isEmpty()) {
        create.add(name);
      } else if (verdict.stay()) {
        tidy(seen, name, pods, delete, finished);
      } else {
        pods.stream().filter(pod -> !Objects.isTerminating(pod)).forEach(delete::add);
      }
    }
    byNode.forEach((node, pods) -> {
      if (!nodes.contains(node)) {
        pods.stream().filter(pod -> !Pods.isAssigned(pod) && !Objects.isTerminating(pod)).forEach(delete::add);
      }
    });
    return new DaemonSetPlan(limited(create), limited(delete), finished);
  }

  private static <T> List<T> limited(List<T> list) {
    return List.copyOf(list.size() > BURST ? list.subList(0, BURST) : list);
  }

  private static void tidy(Observed seen, String node, List<Pod> pods, List<Pod> delete, List<Pod> finished) {
    List<Pod> running = new ArrayList<>();
    for (Pod pod : pods) {
      if (Objects.isTerminating(pod)) {
        continue;
      }
      boolean failed = Pods.phase(pod).equals("Failed");
      if (!Pods.isFinished(pod)) {
        running.add(pod);
      } else if (!failed || !seen.backingOff().contains(node)) {
        delete.add(pod);
        finished.add(pod);
      }
    }
    if (running.size() <= 1) {
      return;
    }
    delete.addAll(Bounds.of(seen.set(), 1).surges() ? surplusOfSurge(seen, running) : running.subList(1, running.size()));
  }

  /** While surging a node may have two pods: an old one that is ready, and a new one that is not available yet. */
  private static List<Pod> surplusOfSurge(Observed seen, List<Pod> running) {
    List<Pod> surplus = new ArrayList<>();
    Pod fresh = null;
    Pod old = null;
    for (Pod pod : running) {
      boolean current = seen.hash().equals(Objects.labels(pod).get(DaemonPods.HASH));
      if (current && fresh == null) {
        fresh = pod;
      } else if (!current && old == null) {
        old = pod;
      } else {
        surplus.add(pod);
      }
    }
    if (fresh != null && old != null && (!Pods.isReady(old) || seen.isAvailable(fresh))) {
      surplus.add(old);
    }
    return surplus;
  }

  /**
   * How far an update may go at once.
   *
   * @param surges whether the strategy has a surge at all
   */
  record Bounds(int surge, int unavailable, boolean surges) {
    /** The bounds for a number of nodes that should have a pod; one pod may be missing when both come to zero. */
    static Bounds of(DaemonSet set, int desired) {
      var strategy = set.getSpec().getUpdateStrategy();
      var rolling = strategy == null ? null : strategy.getRollingUpdate();
      if (rolling == null) {
        return new Bounds(0, 1, false);
      }
      int surge = Fraction.roundedUp(rolling.getMaxSurge(), desired);
      int unavailable = Fraction.roundedUp(rolling.getMaxUnavailable(), desired);
      return new Bounds(surge, surge == 0 && unavailable == 0 ? 1 : unavailable, surge > 0);
    }
  }
}
