package io.kubrig.scheduler.plain;

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
import io.kubrig.scheduler.model.AffinityTerm;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Places pods near pods they want near and away from pods they (or those) want away. */
final class PlainInterPodAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin, EnqueueExtensions {
  private static final Status NOT_NEAR = Status.unresolvable("node(s) didn't match pod affinity rules");
  private static final Status TOO_NEAR = Status.unschedulable("node(s) didn't match pod anti-affinity rules");
  private static final Status OBJECTED = Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");

  private final ClusterState cluster;
  private final int hardWeight;
  private final boolean ignoreExisting;

  private record Preferences(PlainTopologyCounts scores) implements CycleState.Data {}

  PlainInterPodAffinity(ConfigNode args, ClusterState cluster) {
    this.cluster = cluster;
    this.hardWeight = args.integer("hardPodAffinityWeight", 1);
    this.ignoreExisting = args.bool("ignorePreferredTermsOfExistingPods", false);
    if (hardWeight < 0 || hardWeight > 100) {
      args.problem("hardPodAffinityWeight", "Invalid value: " + hardWeight + ": not in valid range [0-100]");
    }
  }

  @Override
  public String name() {
    return "InterPodAffinity";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    PlainRequiredState required = new PlainRequiredState(pod, cluster.objects());
    for (NodeInfo n : nodes) {
      if (n.node() != null) {
        n.podsWithRequiredAntiAffinity().forEach(p -> required.countObjections(p, n.node(), 1));
      }
    }
    Pod.PodRules rules = pod.spec().pods();
    if (!rules.requiredAffinity().isEmpty() || !rules.requiredAntiAffinity().isEmpty()) {
      nodes.forEach(n -> n.pods().forEach(p -> required.count(p, n.node(), 1)));
    }
    if (required.isIdle()) {
      return PreFilterResult.SKIP;
    }
    state.put(this, required);
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    return change(state, added, node, 1);
  }

  @Override
  public Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    return change(state, removed, node, -1);
  }

  private Status change(CycleState state, Pod other, NodeInfo node, int by) {
    PlainRequiredState required = state.get(this, PlainRequiredState.class);
    required.count(other, node.node(), by);
    required.countObjections(other, node.node(), by);
    return Status.SUCCESS;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    PlainRequiredState required = state.get(this, PlainRequiredState.class);
    if (!required.affinityHolds(node.node())) {
      return NOT_NEAR;
    }
    if (!required.antiAffinityHolds(node.node())) {
      return TOO_NEAR;
    }
    return required.nobodyObjects(node.node()) ? Status.SUCCESS : OBJECTED;
  }

  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    Pod.PodRules rules = pod.spec().pods();
    boolean own = !rules.preferredAffinity().isEmpty() || !rules.preferredAntiAffinity().isEmpty();
    if (ignoreExisting && !own) {
      return Status.SKIP;
    }
    PlainTopologyCounts scores = new PlainTopologyCounts();
    Labels namespace = cluster.objects().namespaceLabels(pod.namespace());
    Collection<NodeInfo> relevant = cluster.nodes();
    for (NodeInfo n : relevant) {
      if (n.node() != null) {
        for (Pod other : own ? n.pods() : n.podsWithAffinity()) {
          weigh(scores, pod, namespace, other, n.node().labels());
        }
      }
    }
    if (scores.isEmpty()) {
      return Status.SKIP;
    }
    state.put(Preferences.class, new Preferences(scores));
    return Status.SUCCESS;
  }

  /** Adds what the incoming pod thinks of another, and the other of it. */
  private void weigh(PlainTopologyCounts scores, Pod pod, Labels podNamespace, Pod other, Labels node) {
    Pod.PodRules mine = pod.spec().pods();
    if (!mine.preferredAffinity().isEmpty() || !mine.preferredAntiAffinity().isEmpty()) {
      Labels otherNamespace = cluster.objects().namespaceLabels(other.namespace());
      weigh(scores, mine.preferredAffinity(), other, otherNamespace, node, 1);
      weigh(scores, mine.preferredAntiAffinity(), other, otherNamespace, node, -1);
    }
    Pod.PodRules theirs = other.spec().pods();
    if (theirs.hasAffinity()) {
      if (hardWeight > 0) {
        for (AffinityTerm t : theirs.requiredAffinity()) {
          if (t.matches(pod, podNamespace)) {
            scores.add(t.topologyKey(), node, hardWeight);
          }
        }
      }
      weigh(scores, theirs.preferredAffinity(), pod, podNamespace, node, 1);
      weigh(scores, theirs.preferredAntiAffinity(), pod, podNamespace, node, -1);
    }
  }

  private static void weigh(PlainTopologyCounts scores, List<AffinityTerm> terms, Pod target, Labels namespace, Labels node, int sign) {
    for (AffinityTerm t : terms) {
      if (t.matches(target, namespace)) {
        scores.add(t.topologyKey(), node, (long) sign * t.weight());
      }
    }
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    return state.get(Preferences.class, Preferences.class).scores.sum(node.node().labels());
  }

  @Override
  public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    for (long s : scores) {
      min = Math.min(min, s);
      max = Math.max(max, s);
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] = max > min ? (long) (MAX * ((double) (scores[i] - min) / (max - min))) : 0;
    }
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.ADD, Action.UPDATE_POD_LABEL, Action.DELETE), this::concernsPod),
        new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_LABEL), this::concernsNode),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_LABEL),
            (pod, before, after) -> ((Pod) after).uid().equals(pod.uid())));
  }

  private boolean concernsPod(Pod pod, Object before, Object after) {
    Pod.PodRules rules = pod.spec().pods();
    boolean wantsAfter = after != null && wants(rules.requiredAffinity(), (Pod) after);
    boolean wantedBefore = before != null && wants(rules.requiredAffinity(), (Pod) before);
    if (wantsAfter && !wantedBefore) {
      return true;
    }
    boolean unwantedBefore = before != null && shuns(rules.requiredAntiAffinity(), (Pod) before);
    boolean unwantedAfter = after != null && shuns(rules.requiredAntiAffinity(), (Pod) after);
    boolean objectedBefore = before != null && shuns(((Pod) before).spec().pods().requiredAntiAffinity(), pod);
    return unwantedBefore && !unwantedAfter || after == null && objectedBefore;
  }

  private boolean wants(List<AffinityTerm> terms, Pod other) {
    Labels namespace = cluster.objects().namespaceLabels(other.namespace());
    return !terms.isEmpty() && terms.stream().allMatch(t -> t.matches(other, namespace));
  }

  private boolean shuns(List<AffinityTerm> terms, Pod other) {
    Labels namespace = cluster.objects().namespaceLabels(other.namespace());
    return terms.stream().anyMatch(t -> t.matches(other, namespace));
  }

  /** A node gets a topology key that some term speaks of, or another value of it. */
  private boolean concernsNode(Pod pod, Object before, Object after) {
    Pod.PodRules rules = pod.spec().pods();
    Labels was = before == null ? Labels.NONE : ((Node) before).labels();
    Labels is = ((Node) after).labels();
    boolean affinity = rules.requiredAffinity().stream().anyMatch(t -> is.has(t.topologyKey()) && !is.value(t.topologyKey())
        .equals(was.value(t.topologyKey())));
    boolean anti = rules.requiredAntiAffinity().stream().anyMatch(t -> !Objects.equals(is.value(t.topologyKey()),
        was.value(t.topologyKey())));
    return affinity || anti || before == null || !was.equals(is) && rules.requiredAffinity().isEmpty();
  }
}
