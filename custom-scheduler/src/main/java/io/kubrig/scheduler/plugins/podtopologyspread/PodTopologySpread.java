package io.kubrig.scheduler.plugins.podtopologyspread;

import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Tallies;
import java.util.List;

/** Spreads pods evenly over topology domains: hard constraints filter nodes, soft ones score them. Source: KEP-895 and its successors. */
public final class PodTopologySpread implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin, EnqueueExtensions {
  private static final String NAME = "PodTopologySpread";
  private static final Status SKEWED = Status.unschedulable("node(s) didn't match pod topology spread constraints").from(NAME);
  private static final Status NO_LABEL =
      Status.unresolvable("node(s) didn't match pod topology spread constraints (missing required label)").from(NAME);

  private static final int TALLIES_FOLLOWED = 256;

  private final ClusterState cluster;
  private final DefaultConstraints defaults;
  private final Tallies<SpreadTally.Key, SpreadTally> tallies;

  public PodTopologySpread(ConfigNode args, ClusterState cluster) {
    this.cluster = cluster;
    this.tallies = new Tallies<>(cluster, TALLIES_FOLLOWED, SpreadTally::new);
    this.defaults = DefaultConstraints.read(args);
  }

  @Override
  public String name() {
    return NAME;
  }

  private List<SpreadConstraint> constraints(Pod pod, boolean hard) {
    List<SpreadConstraint> own = pod.spec().pods().spread();
    return own.isEmpty() ? defaults.of(pod, hard, cluster.objects()) : own.stream().filter(c -> c.hard() == hard).toList();
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    List<SpreadConstraint> hard = constraints(pod, true);
    if (hard.isEmpty()) {
      return PreFilterResult.SKIP;
    }
    state.put(this, new HardState(pod, tallies.current(SpreadTally.Key.of(pod, hard, true, false))));
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    state.get(this, HardState.class).tryOut(added, node, 1);
    return Status.SUCCESS;
  }

  @Override
  public Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    state.get(this, HardState.class).tryOut(removed, node, -1);
    return Status.SUCCESS;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    HardState hard = state.get(this, HardState.class);
    for (int i = 0; i < hard.size(); i++) {
      if (!hard.hasKey(i, node)) {
        return NO_LABEL;
      }
      if (!hard.fits(i, node)) {
        return SKEWED;
      }
    }
    return Status.SUCCESS;
  }

  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    List<SpreadConstraint> soft = constraints(pod, false);
    if (soft.isEmpty()) {
      return Status.SKIP;
    }
    boolean allKeys = !pod.spec().pods().spread().isEmpty() || !defaults.system();
    state.put(SoftState.class, new SoftState(tallies.current(SpreadTally.Key.of(pod, soft, allKeys, true)), nodes));
    return Status.SUCCESS;
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    SoftState soft = state.get(SoftState.class, SoftState.class);
    return soft.ignores(node) ? -1 : soft.crowd(node);
  }

  @Override
  public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
    long min = Long.MAX_VALUE;
    long max = 0;
    for (long s : scores) {
      if (s >= 0) {
        min = Math.min(min, s);
        max = Math.max(max, s);
      }
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scores[i] < 0 ? 0 : max == 0 ? MAX : MAX * (max + min - scores[i]) / max;
    }
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.ADD, Action.UPDATE_POD_LABEL, Action.DELETE), this::concernsPod),
        new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.DELETE, Action.UPDATE_NODE_LABEL, Action.UPDATE_NODE_TAINT),
            this::concernsNode),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_LABEL, Action.UPDATE_POD_TOLERATION),
            (pod, before, after) -> ((Pod) after).uid().equals(pod.uid())));
  }

  private boolean concernsPod(Pod pod, Object before, Object after) {
    Pod there = (Pod) (after != null ? after : before);
    if (!there.namespace().equals(pod.namespace())) {
      return false;
    }
    List<SpreadConstraint> hard = constraints(pod, true);
    if (before == null || after == null) {
      return hard.stream().anyMatch(c -> c.selector().matches(there.labels()));
    }
    return hard.stream().anyMatch(c -> c.selector().matches(((Pod) before).labels()) != c.selector().matches(((Pod) after).labels()));
  }

  private boolean concernsNode(Pod pod, Object before, Object after) {
    List<SpreadConstraint> hard = constraints(pod, true);
    boolean had = before instanceof Node b && hasAllKeys(b, hard);
    boolean has = after instanceof Node a && hasAllKeys(a, hard);
    return had || has;
  }

  private static boolean hasAllKeys(Node node, List<SpreadConstraint> constraints) {
    return constraints.stream().allMatch(c -> node.labels().has(c.topologyKey()));
  }
}
