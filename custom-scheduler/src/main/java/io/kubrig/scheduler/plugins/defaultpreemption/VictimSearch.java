package io.kubrig.scheduler.plugins.defaultpreemption;

import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Layout;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds out who would have to leave a node for a pod. When all that decides is local to nodes, what was found for a pod's spec is
 * remembered: in a large cluster one preemption changes one node, and only that one is tried out again for the next pod.
 *
 * <p>Invariant: an outcome is remembered for one version of the node, of the pods nominated to it and of the disruption budgets. Used by
 * the scheduling thread only.
 */
final class VictimSearch {
  private static final Status NO_VICTIMS = Status.unresolvable("No preemption victims found for incoming pod");
  private static final int KEPT = 16;

  /** What became of trying a node. */
  sealed interface Outcome {
    record Fits(Candidate candidate) implements Outcome {}

    record Not(Status status) implements Outcome {}
  }

  private static final class Memo {
    final Layout layout;
    final long[] generation;
    final List<List<Pod>> nominated;
    final Outcome[] outcome;

    Memo(Layout layout) {
      int nodes = layout.nodes().size();
      this.layout = layout;
      this.generation = new long[nodes];
      this.nominated = new ArrayList<>(Collections.nCopies(nodes, null));
      this.outcome = new Outcome[nodes];
    }
  }

  private final ClusterState cluster;
  private final Profile profile;
  private final boolean remembers;
  private final Map<Pod.Spec, Memo> memos = new LinkedHashMap<>(KEPT, 0.75f, true) {
    @Override
    protected boolean removeEldestEntry(Map.Entry<Pod.Spec, Memo> eldest) {
      return size() > KEPT;
    }
  };
  private Budgets budgets;
  private long budgetsRevision = -1;

  VictimSearch(ClusterState cluster, Profile profile) {
    this(cluster, profile, true);
  }

  /** Without {@code remembers} every node is tried out every time: what remembering is compared with. */
  VictimSearch(ClusterState cluster, Profile profile, boolean remembers) {
    this.cluster = cluster;
    this.profile = profile;
    this.remembers = remembers;
  }

  /** The nodes tried for one pod in one attempt. */
  final class Round {
    private final CycleState state;
    private final Pod pod;
    private final Memo memo;
    private final String ownNode; // what others may expect there does not hold for the pod that is nominated itself

    private Round(CycleState state, Pod pod, Memo memo) {
      this.state = state;
      this.pod = pod;
      this.memo = memo;
      this.ownNode = cluster.nominations().node(pod).orElse(null);
    }

    /** Tries a node; neither the node nor the state of the attempt is changed. */
    Outcome on(NodeInfo node) {
      List<Pod> nominated = node.nominated();
      if (memo == null || node.name().equals(ownNode)) {
        return tryOut(state.copy(), pod, node.copy());
      }
      int at = node.position();
      if (memo.outcome[at] == null || memo.generation[at] != node.generation() || memo.nominated.get(at) != nominated) {
        memo.outcome[at] = tryOut(state.copy(), pod, node.copy());
        memo.generation[at] = node.generation();
        memo.nominated.set(at, nominated);
      }
      return memo.outcome[at];
    }
  }

  /** Begins to look for victims; the state is that of the attempt after PreFilter. */
  Round round(CycleState state, Pod pod) {
    long revision = cluster.objects().budgets().revision();
    if (budgetsRevision != revision) {
      budgets = new Budgets(cluster.objects());
      budgetsRevision = revision;
      memos.clear();
    }
    if (!remembers || !profile.isNodeLocal(state, pod)) {
      return new Round(state, pod, null);
    }
    Memo memo = memos.get(pod.spec());
    if (memo == null || memo.layout != cluster.layout()) {
      memo = new Memo(cluster.layout());
      memos.put(pod.spec(), memo);
    }
    return new Round(state, pod, memo);
  }

  /** Finds the fewest and least important pods without which the pod fits; state and node are copies. */
  private Outcome tryOut(CycleState state, Pod pod, NodeInfo node) {
    List<Pod> lesser = node.pods().stream().filter(p -> p.priority() < pod.priority()).sorted(Candidate.BY_IMPORTANCE).toList();
    if (lesser.isEmpty()) {
      return new Outcome.Not(NO_VICTIMS);
    }
    for (Pod p : lesser) {
      Status s = profile.removePod(state, pod, p, node);
      if (!s.isSuccess()) {
        return new Outcome.Not(s);
      }
    }
    Status fits = profile.filterWithNominated(state, pod, node);
    if (!fits.isSuccess()) {
      return new Outcome.Not(fits);
    }
    Set<Pod> violating = budgets.violated(lesser);
    List<Pod> victims = new ArrayList<>();
    long violations = 0;
    List<Pod> order = new ArrayList<>(lesser.stream().filter(violating::contains).toList());
    lesser.stream().filter(p -> !violating.contains(p)).forEach(order::add);
    for (Pod p : order) {
      if (!reprieve(state, pod, p, node)) {
        victims.add(p);
        violations += violating.contains(p) ? 1 : 0;
      }
    }
    victims.sort(Candidate.BY_IMPORTANCE);
    return victims.isEmpty() ? new Outcome.Not(Status.error("expected at least one victim pod on node \"" + node.name() + "\""))
        : new Outcome.Fits(Candidate.of(node.name(), new Victims(victims, violations)));
  }

  /** Puts a pod back if both fit. */
  private boolean reprieve(CycleState state, Pod pod, Pod victim, NodeInfo node) {
    profile.addPod(state, pod, victim, node);
    if (profile.filterWithNominated(state, pod, node).isSuccess()) {
      return true;
    }
    profile.removePod(state, pod, victim, node);
    return false;
  }
}
