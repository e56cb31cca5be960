package io.kubrig.scheduler.whatif;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Asks every plugin about every node, not only until the first no, and tells all of it. Extenders are asked by {@link Opinions}.
 *
 * <p>Cost: one walk over all nodes, as for a pod that fits nowhere, and a bounded number of tries for the changes. Runs on the thread that
 * the state belongs to.
 */
public final class Explainer {
  private final ClusterState cluster;

  /** An explanation that tells of all nodes, and those that fit. */
  public record Answer(Explanation explanation, List<NodeInfo> feasible) {}

  public Explainer(ClusterState cluster) {
    this.cluster = cluster;
  }

  /** Explains a pod; one that has a node is explained as if it were not there yet. Tells of so many nodes one by one. */
  public Explanation explain(Profile profile, Pod pod, int limit) {
    return explain(profile, pod, Map.of()).explanation().limited(limit);
  }

  /** The same of all nodes, with what others object to besides, by node. */
  public Answer explain(Profile profile, Pod pod, Map<String, Explanation.Rejection> objections) {
    return cluster.without(pod, () -> explainWaiting(profile, pod, objections));
  }

  private Answer explainWaiting(Profile profile, Pod pod, Map<String, Explanation.Rejection> objections) {
    List<NodeInfo> nodes = cluster.nodes();
    CycleState state = new CycleState();
    Profile.PreFiltered pre = profile.preFilter(state, pod, nodes);
    FitError why = new FitError(nodes.size());
    List<Explanation.Eviction> evictions = Room.evictions(cluster, pod.key());
    if (!pre.status().isSuccess()) {
      why.statuses().setAbsent(pre.status());
      why.setPreFilterMessage(pre.status().message());
      Map<String, Integer> all = Map.of(pre.status().plugin(), nodes.size());
      return new Answer(new Explanation(pod.key(), profile.name(), pod.state().nodeName(), why.message(), nodes.size(), all, List.of(),
          List.of(), null, evictions), List.of());
    }
    List<Explanation.Verdict> verdicts = new ArrayList<>();
    List<NodeInfo> feasible = new ArrayList<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (NodeInfo node : nodes) {
      List<Explanation.Rejection> rejections = rejections(profile, state, pod, node, pre);
      if (rejections.isEmpty() && objections.containsKey(node.name())) {
        rejections = List.of(objections.get(node.name()));
      }
      if (rejections.isEmpty()) {
        feasible.add(node);
      } else {
        rejections.forEach(r -> counts.merge(r.plugin(), 1, Integer::sum));
        why.statuses().put(node.name(), status(rejections.getFirst()));
        verdicts.add(new Explanation.Verdict(node.name(), rejections, Map.of(), 0));
      }
    }
    boolean isNowhere = feasible.isEmpty() && !nodes.isEmpty();
    Room room = new Room(profile, cluster);
    List<Explanation.Change> changes = new ArrayList<>();
    if (isNowhere) {
      changes.addAll(new Changes(profile, cluster).of(pod, verdicts));
    }
    Explanation.Preemption preemption = isNowhere ? room.preemption(state, pod, why.statuses()) : null;
    if (preemption != null && preemption.node() == null) {
      room.change(state, pod, why.statuses()).ifPresent(changes::add);
    }
    verdicts.sort(Comparator.comparingInt(v -> v.rejections().size()));
    verdicts.addAll(0, score(profile, state, pod, feasible));
    String message = nodes.isEmpty() ? "no nodes available to schedule pods" : feasible.isEmpty() ? why.message()
        : feasible.size() + "/" + nodes.size() + " nodes fit";
    return new Answer(new Explanation(pod.key(), profile.name(), pod.state().nodeName(), message, nodes.size(), counts,
        List.copyOf(verdicts), List.copyOf(changes), preemption, evictions), List.copyOf(feasible));
  }

  private static Status status(Explanation.Rejection first) {
    String[] reasons = first.reasons().toArray(String[]::new);
    return first.preemptible() ? Status.unschedulable(reasons) : Status.unresolvable(reasons);
  }

  private static List<Explanation.Rejection> rejections(Profile profile, CycleState state, Pod pod, NodeInfo node,
      Profile.PreFiltered pre) {
    List<Explanation.Rejection> out = new ArrayList<>();
    if (pre.nodes() != null && !pre.nodes().contains(node.name())) {
      out.add(new Explanation.Rejection(String.join(",", pre.limitedBy()), false,
          List.of("node(s) didn't satisfy plugin(s) [" + String.join(" ", pre.limitedBy()) + "]")));
    }
    for (FilterPlugin p : profile.at(ExtensionPoint.FILTER, FilterPlugin.class)) {
      if (!state.skippedFilters().contains(p.name())) {
        Status s = Profile.filter(p, state, pod, node);
        if (!s.isSuccess()) {
          out.add(new Explanation.Rejection(p.name(), s.code() == Code.UNSCHEDULABLE, s.reasons()));
        }
      }
    }
    return out;
  }

  /** The nodes with their scores, the best first. */
  private static List<Explanation.Verdict> score(Profile profile, CycleState state, Pod pod, List<NodeInfo> nodes) {
    if (nodes.isEmpty()) {
      return List.of();
    }
    for (PreScorePlugin p : profile.at(ExtensionPoint.PRE_SCORE, PreScorePlugin.class)) {
      if (p.preScore(state, pod, nodes).isSkip()) {
        state.skippedScores().add(p.name());
      }
    }
    List<Map<String, Explanation.Score>> byNode = new ArrayList<>();
    nodes.forEach(n -> byNode.add(new LinkedHashMap<>()));
    for (ScorePlugin p : profile.at(ExtensionPoint.SCORE, ScorePlugin.class)) {
      if (!state.skippedScores().contains(p.name())) {
        long[] values = nodes.stream().mapToLong(n -> p.score(state, pod, n)).toArray();
        p.normalize(state, pod, nodes, values);
        for (int i = 0; i < values.length; i++) {
          byNode.get(i).put(p.name(), new Explanation.Score(values[i], profile.weights().get(p.name())));
        }
      }
    }
    List<Explanation.Verdict> out = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      long total = byNode.get(i).values().stream().mapToLong(s -> s.score() * s.weight()).sum();
      out.add(new Explanation.Verdict(nodes.get(i).name(), List.of(), byNode.get(i), total));
    }
    out.sort(Comparator.comparingLong((Explanation.Verdict v) -> -v.total()).thenComparing(Explanation.Verdict::node));
    return out;
  }
}
