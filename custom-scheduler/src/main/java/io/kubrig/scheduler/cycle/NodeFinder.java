package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.extender.Extender;
import io.kubrig.scheduler.extender.ExtenderException;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FitError;
import io.kubrig.scheduler.framework.PluginException;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the best node for a pod: pre-filter, filter until enough nodes are found, extenders, score, choose. Read it from
 * {@link #find} downwards.
 */
public final class NodeFinder {
  private static final Logger LOG = LoggerFactory.getLogger(NodeFinder.class);
  private static final int MIN_NODES = 100;
  private static final int MIN_PERCENTAGE = 5;
  private static final int MAX_EXTENDER_SCORE = 10;

  private final ClusterState cluster;
  private final int percentageOfNodesToScore;
  private final RandomGenerator random;
  private final ScoreListener scores;
  private final Optional<NodeMemos> memos;
  private SchedulerMetrics metrics = SchedulerMetrics.NONE;
  private LongSupplier nanos = () -> 0;
  private int nextStart;
  private long filteredNanos;

  public NodeFinder(ClusterState cluster, int percentageOfNodesToScore, RandomGenerator random, ScoreListener scores) {
    this(cluster, percentageOfNodesToScore, random, scores, true);
  }

  /** With metrics, and the clock (in nanoseconds) they go by. */
  NodeFinder(ClusterState cluster, int percentageOfNodesToScore, RandomGenerator random, ScoreListener scores, SchedulerMetrics metrics,
      LongSupplier nanos) {
    this(cluster, percentageOfNodesToScore, random, scores, true);
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** Without {@code remembers}, every plugin is asked about every node: what remembering is compared with. */
  NodeFinder(ClusterState cluster, int percentageOfNodesToScore, RandomGenerator random, ScoreListener scores, boolean remembers) {
    this.memos = remembers ? Optional.of(new NodeMemos(cluster)) : Optional.empty();
    this.cluster = cluster;
    this.percentageOfNodesToScore = percentageOfNodesToScore;
    this.random = random;
    this.scores = scores;
  }

  /** Remembers nothing of what plugins have said: there are others now. */
  void forget() {
    memos.ifPresent(NodeMemos::clear);
  }

  /** When the last search had asked all filters, by the clock in nanoseconds. */
  long filteredNanos() {
    return filteredNanos;
  }

  /** Looks for a node. A plugin that throws fails this attempt only. */
  public Decision find(Profile profile, CycleState state, Pod pod) {
    List<NodeInfo> nodes = cluster.nodes();
    if (nodes.isEmpty()) {
      return new Decision.NoNodes();
    }
    try {
      FitError why = new FitError(nodes.size());
      return find(profile, state, pod, nodes, why);
    } catch (PluginException e) {
      return new Decision.Failed(e.status());
    } catch (RuntimeException e) {
      LOG.error("A plugin failed while scheduling pod {}", pod.key(), e);
      return new Decision.Failed(Status.error(String.valueOf(e.getMessage())));
    }
  }

  private Decision find(Profile profile, CycleState state, Pod pod, List<NodeInfo> all, FitError why) {
    Phases phases = new Phases(metrics, nanos, profile.name(), state.span());
    Profile.PreFiltered pre = profile.preFilter(state, pod, all);
    phases.over(ExtensionPoint.PRE_FILTER, pre.status().code());
    why.unschedulablePlugins().addAll(pre.limitedBy());
    if (!pre.status().isSuccess()) {
      if (!pre.status().isRejected()) {
        throw new PluginException(pre.status());
      }
      why.statuses().setAbsent(pre.status());
      why.setPreFilterMessage(pre.status().message());
      why.addPlugin(pre.status());
      return new Decision.NoFit(why);
    }
    Evaluation evaluation = new Evaluation(profile, state, pod, pre.nodes() != null ? null : memo(profile, pod));
    Passed passed = feasible(profile, evaluation, pod, pre, why);
    phases.over(ExtensionPoint.FILTER, passed.nodes.isEmpty() ? Code.UNSCHEDULABLE : Code.SUCCESS);
    filteredNanos = phases.since();
    List<NodeInfo> feasible = passed.nodes;
    if (feasible.isEmpty()) {
      evaluation.tell(metrics);
      return new Decision.NoFit(why);
    }
    String node = feasible.size() == 1 ? feasible.getFirst().name() : best(profile, evaluation, state, pod, feasible, phases);
    evaluation.tell(metrics);
    return new Decision.Placed(node, passed.looked, feasible.size());
  }

  /** A memo, unless the pod is known to be of interest to few nodes only. */
  private NodeMemo memo(Profile profile, Pod pod) {
    return memos.flatMap(m -> m.of(profile, pod, profile.at(ExtensionPoint.SCORE, ScorePlugin.class).size())).orElse(null);
  }

  /** The nodes that passed and how many were looked at. */
  private record Passed(List<NodeInfo> nodes, int looked) {}

  private Passed feasible(Profile profile, Evaluation evaluation, Pod pod, Profile.PreFiltered pre, FitError why) {
    List<NodeInfo> candidates = cluster.nodes();
    // what we have nominated ourselves may not have come back from the API yet
    Optional<NodeInfo> nominated = pod.nominatedNode().or(() -> cluster.nominations().node(pod)).flatMap(cluster::node);
    if (nominated.isPresent()) {
      FitError there = new FitError(candidates.size());
      Passed passed = askExtenders(profile, pod, passing(profile, evaluation, List.of(nominated.get()), there, 1), there);
      if (!passed.nodes.isEmpty()) {
        return passed;
      }
    }
    if (pre.nodes() != null) {
      candidates = pre.nodes().stream().flatMap(n -> cluster.node(n).stream()).toList();
      why.statuses().setAbsent(Status.unresolvable("node(s) didn't satisfy plugin(s) [" + String.join(" ", pre.limitedBy()) + "]"));
    }
    NodeMemo.Verdicts known = pre.nodes() == null ? evaluation.verdicts(cluster) : null;
    int wanted = enough(profile, candidates.size());
    Passed passed = known != null ? passing(profile, known, candidates, why, wanted)
        : passing(profile, evaluation, candidates, why, wanted);
    evaluation.looked(passed.looked);
    return askExtenders(profile, pod, passed, why);
  }

  /** The first so many nodes that pass the filters, beginning where the last attempt ended. */
  private Passed passing(Profile profile, Evaluation evaluation, List<NodeInfo> nodes, FitError why, int wanted) {
    List<NodeInfo> out = new ArrayList<>(Math.min(wanted, nodes.size()));
    List<NodeInfo> rejected = new ArrayList<>();
    List<Status> reasons = new ArrayList<>();
    int looked = 0;
    int size = nodes.size();
    int start = size == 0 ? 0 : nextStart % size;
    for (; looked < size && out.size() < wanted; looked++) {
      int at = start + looked;
      NodeInfo node = nodes.get(at < size ? at : at - size);
      Status s = evaluation.filter(node);
      if (s.isSuccess()) {
        out.add(node);
      } else if (s.isRejected()) {
        rejected.add(node);
        reasons.add(s);
      } else {
        throw new PluginException(s);
      }
    }
    if (size > 1) {
      nextStart = (start + looked) % size;
    }
    if (out.isEmpty() || !profile.extenders().isEmpty()) { // otherwise nobody asks why
      why.reject(rejected, reasons);
    }
    return new Passed(out, looked);
  }

  /** The same with everything known already: the nodes that do not pass are stepped over. */
  private Passed passing(Profile profile, NodeMemo.Verdicts known, List<NodeInfo> nodes, FitError why, int wanted) {
    int size = nodes.size();
    int start = nextStart % size;
    List<NodeInfo> out = new ArrayList<>(Math.min(wanted, size));
    int looked = size;
    for (int round = 0; round < 2 && out.size() < wanted; round++) {
      int end = round == 0 ? size : start;
      int at = known.nextPassing(round == 0 ? start : 0, end);
      for (; at >= 0 && out.size() < wanted; at = known.nextPassing(at + 1, end)) {
        out.add(nodes.get(at));
        looked = out.size() < wanted ? size : at - start + 1 + (round == 0 ? 0 : size);
      }
    }
    if (size > 1) {
      nextStart = (start + looked) % size;
    }
    if (out.isEmpty()) {
      why.reject(nodes, known.copy());
    } else if (!profile.extenders().isEmpty()) {
      for (int i = 0; i < looked; i++) {
        int at = (start + i) % size;
        if (!known.at(at).isSuccess()) {
          why.reject(nodes.get(at).name(), known.at(at));
        }
      }
    }
    return new Passed(out, looked);
  }

  private int enough(Profile profile, int nodes) {
    if (!profile.has(ExtensionPoint.SCORE) && profile.extenders().stream().noneMatch(e -> e.filters() || e.prioritizes())) {
      return 1;
    }
    if (nodes < MIN_NODES) {
      return nodes;
    }
    int percentage = profile.percentageOfNodesToScore().orElse(percentageOfNodesToScore);
    if (percentage == 0) {
      percentage = Math.max(50 - nodes / 125, MIN_PERCENTAGE);
    }
    return Math.min(nodes, Math.max((int) ((long) nodes * percentage / 100), MIN_NODES));
  }

  /** Lets each interested extender turn down nodes. */
  private static Passed askExtenders(Profile profile, Pod pod, Passed passed, FitError why) {
    List<NodeInfo> left = passed.nodes;
    for (Extender e : profile.extenders()) {
      if (left.isEmpty()) {
        break;
      }
      if (!e.filters() || !e.isInterested(pod)) {
        continue;
      }
      try {
        Extender.Filtered answer = e.filter(pod, left);
        answer.failed().forEach((node, reason) -> merge(why, node, Status.unschedulable(reason)));
        answer.unresolvable().forEach((node, reason) -> merge(why, node, Status.unresolvable(reason)));
        Set<String> kept = new HashSet<>(answer.nodes());
        left = left.stream().filter(n -> kept.contains(n.name())).toList();
        if (left.isEmpty()) {
          why.unschedulablePlugins().add(e.name());
        }
      } catch (ExtenderException x) {
        if (!e.isIgnorable()) {
          throw new PluginException(Status.error(x.getMessage()));
        }
        LOG.info("Skipping extender {} as it returned an error and has ignorable flag set: {}", e.name(), x.getMessage());
      }
    }
    return new Passed(left, passed.looked);
  }

  private static void merge(FitError why, String node, Status status) {
    Status known = why.statuses().explicit().get(node);
    if (known == null) {
      why.statuses().put(node, status);
    } else if (status.code() == Code.UNRESOLVABLE) {
      List<String> reasons = new ArrayList<>(known.reasons());
      reasons.addAll(status.reasons());
      why.statuses().put(node, new Status(status.code(), reasons, known.plugin()));
    }
  }

  private String best(Profile profile, Evaluation evaluation, CycleState state, Pod pod, List<NodeInfo> nodes, Phases phases) {
    for (PreScorePlugin p : profile.at(ExtensionPoint.PRE_SCORE, PreScorePlugin.class)) {
      Status s = p.preScore(state, pod, nodes);
      if (s.isSkip()) {
        state.skippedScores().add(p.name());
      } else if (!s.isSuccess()) {
        throw new PluginException(Status.error("running PreScore plugin \"" + p.name() + "\": " + s.message()));
      }
    }
    phases.over(ExtensionPoint.PRE_SCORE, Code.SUCCESS);
    long[] total = new long[nodes.size()];
    for (Evaluation.Scored s : evaluation.scores(nodes)) {
      s.plugin().normalize(state, pod, nodes, s.values());
      add(s, profile.weights().get(s.plugin().name()), total);
      if (scores != ScoreListener.NONE) {
        for (int i = 0; i < total.length; i++) {
          scores.scored(pod, s.plugin().name(), nodes.get(i).name(), s.values()[i]);
        }
      }
    }
    phases.over(ExtensionPoint.SCORE, Code.SUCCESS);
    addExtenderScores(profile, pod, nodes, total);
    if (scores != ScoreListener.NONE) {
      scores.ranked(pod, nodes, total);
    }
    return nodes.get(highest(total)).name();
  }

  private static void add(Evaluation.Scored scored, int weight, long[] total) {
    long[] own = scored.values();
    for (int i = 0; i < own.length; i++) {
      if (own[i] < 0 || own[i] > ScorePlugin.MAX) {
        throw new PluginException(Status.error("plugin \"" + scored.plugin().name() + "\" returns an invalid score " + own[i]
            + ", it should in the range of [0, " + ScorePlugin.MAX + "] after normalizing"));
      }
      total[i] += own[i] * weight;
    }
  }

  private static void addExtenderScores(Profile profile, Pod pod, List<NodeInfo> nodes, long[] total) {
    if (profile.extenders().isEmpty()) {
      return;
    }
    Map<String, Long> sum = new HashMap<>();
    for (Extender e : profile.extenders()) {
      if (e.prioritizes() && e.isInterested(pod)) {
        try {
          e.prioritize(pod, nodes).forEach((node, score) -> sum.merge(node, score * e.weight(), Long::sum));
        } catch (ExtenderException x) {
          LOG.info("Failed to run extender's priority function; no score is given by this extender: {}: {}", e.name(), x.getMessage());
        }
      }
    }
    for (int i = 0; i < total.length; i++) {
      total[i] += sum.getOrDefault(nodes.get(i).name(), 0L) * (ScorePlugin.MAX / MAX_EXTENDER_SCORE);
    }
  }

  /** The index of the highest value; among equals each is as likely. */
  private int highest(long[] values) {
    long max = Long.MIN_VALUE;
    int ties = 0;
    for (long v : values) {
      if (v > max) {
        max = v;
        ties = 1;
      } else if (v == max) {
        ties++;
      }
    }
    int chosen = ties == 1 ? 0 : random.nextInt(ties);
    int at = 0;
    while (values[at] != max || chosen-- > 0) {
      at++;
    }
    return at;
  }
}
