package io.kubrig.scheduler.plugins.interpodaffinity;

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
import io.kubrig.scheduler.plugins.interpodaffinity.ExistingTerms.Role;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import io.kubrig.scheduler.state.Tallies;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Places pods near pods they want near and away from pods they (or those) want away. */
public final class InterPodAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin, EnqueueExtensions {
  private static final String NAME = "InterPodAffinity";
  private static final Status NOT_NEAR = Status.unresolvable("node(s) didn't match pod affinity rules").from(NAME);
  private static final Status TOO_NEAR = Status.unschedulable("node(s) didn't match pod anti-affinity rules").from(NAME);
  private static final Status OBJECTED = Status.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules").from(NAME);

  private static final DomainCounts[] NOBODY = {};
  private static final int TERMS_FOLLOWED = 512;

  private final ClusterState cluster;
  private final ExistingTerms existing = new ExistingTerms();
  private final Tallies<List<AffinityTerm>, MatchingPods> matching;
  private final int hardWeight;
  private final boolean ignoreExisting;

  public InterPodAffinity(ConfigNode args, ClusterState cluster) {
    this.cluster = cluster;
    this.matching = new Tallies<>(cluster, TERMS_FOLLOWED, terms -> new MatchingPods(terms, cluster.objects()));
    this.hardWeight = args.integer("hardPodAffinityWeight", 1);
    this.ignoreExisting = args.bool("ignorePreferredTermsOfExistingPods", false);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    Pod.PodRules rules = pod.spec().pods();
    existing.catchUp(cluster);
    List<DomainCounts> objecting = new ArrayList<>();
    existing.matching(Role.REQUIRED_ANTI_AFFINITY, pod, cluster.objects().namespaceLabels(pod.namespace()),
        (t, pods) -> objecting.add(pods));
    DomainCounts[] wanted = rules.requiredAffinity().isEmpty() ? NOBODY : matching.current(rules.requiredAffinity()).counts();
    DomainCounts[] unwanted = rules.requiredAntiAffinity().isEmpty() ? NOBODY
        : rules.requiredAntiAffinity().stream().map(this::matching).toArray(DomainCounts[]::new);
    RequiredState required = new RequiredState(pod, cluster.objects(),
        new RequiredState.Shared(wanted, unwanted, objecting.toArray(DomainCounts[]::new)));
    if (required.isIdle()) {
      return PreFilterResult.SKIP;
    }
    state.put(this, required);
    return PreFilterResult.ALL_NODES;
  }

  private DomainCounts matching(AffinityTerm term) {
    return matching.current(List.of(term)).counts()[0];
  }

  @Override
  public Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    state.get(this, RequiredState.class).tryOut(added, node.node(), 1);
    return Status.SUCCESS;
  }

  @Override
  public Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    state.get(this, RequiredState.class).tryOut(removed, node.node(), -1);
    return Status.SUCCESS;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    RequiredState required = state.get(this, RequiredState.class);
    if (!required.affinityHolds(node)) {
      return NOT_NEAR;
    }
    if (!required.antiAffinityHolds(node)) {
      return TOO_NEAR;
    }
    return required.nobodyObjects(node) ? Status.SUCCESS : OBJECTED;
  }

  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    Pod.PodRules rules = pod.spec().pods();
    boolean own = !rules.preferredAffinity().isEmpty() || !rules.preferredAntiAffinity().isEmpty();
    if (ignoreExisting && !own) {
      return Status.SKIP;
    }
    Preferences scores = new Preferences();
    rules.preferredAffinity().forEach(t -> scores.add(matching(t), t.weight()));
    rules.preferredAntiAffinity().forEach(t -> scores.add(matching(t), -t.weight()));
    existing.catchUp(cluster);
    Labels namespace = cluster.objects().namespaceLabels(pod.namespace());
    existing.matching(Role.REQUIRED_AFFINITY, pod, namespace, (t, pods) -> scores.add(pods, hardWeight));
    existing.matching(Role.PREFERRED_AFFINITY, pod, namespace, (t, pods) -> scores.add(pods, t.weight()));
    existing.matching(Role.PREFERRED_ANTI_AFFINITY, pod, namespace, (t, pods) -> scores.add(pods, -t.weight()));
    if (scores.isEmpty()) {
      return Status.SKIP;
    }
    state.put(Preferences.class, scores);
    return Status.SUCCESS;
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    return state.get(Preferences.class, Preferences.class).score(node);
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
