package io.kubrig.scheduler.cycle;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.metrics.SchedulerMetrics;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The filters and scores of one attempt. Node-local plugins are asked once for each node and pod spec, all others every time; the outcome
 * is that of asking every plugin in order.
 *
 * <p>Invariants:
 * <ul>
 *   <li>a filter's verdict is that of the first plugin in the profile's order that turns the pod down, whether remembered or not;
 *   <li>whether a node-local plugin is skipped follows from the spec, so what is remembered always covers the same plugins.
 * </ul>
 */
final class Evaluation {
  /** Scores of one plugin that takes part: one for each node in question. */
  record Scored(ScorePlugin plugin, long[] values) {}

  private final Profile profile;
  private final CycleState state;
  private final Pod pod;
  private final NodeMemo memo;
  private final List<FilterPlugin> filters;
  private final boolean[] askAlways;
  private final boolean[] askOnce;
  private final int[] always; // where askAlways is true
  private final boolean isNodeLocal;
  private int looked;
  private int scored;

  /** After PreFilter; with a null memo every plugin is asked. */
  Evaluation(Profile profile, CycleState state, Pod pod, NodeMemo memo) {
    this.profile = profile;
    this.state = state;
    this.pod = pod;
    this.memo = memo;
    this.filters = profile.at(ExtensionPoint.FILTER, FilterPlugin.class);
    this.askAlways = new boolean[filters.size()];
    this.askOnce = new boolean[filters.size()];
    int[] found = new int[filters.size()];
    int size = 0;
    for (int i = 0; i < found.length; i++) {
      FilterPlugin p = filters.get(i);
      if (!state.skippedFilters().contains(p.name())) {
        askOnce[i] = isLocal(p);
        askAlways[i] = !askOnce[i];
        if (askAlways[i]) {
          found[size++] = i;
        }
      }
    }
    this.always = Arrays.copyOf(found, size);
    this.isNodeLocal = memo != null && profile.isNodeLocal(state, pod);
  }

  private boolean isLocal(Plugin plugin) {
    return plugin instanceof NodeLocal l && l.isLocal(pod);
  }

  /** What the filters say of all nodes of the layout; null when they have to be asked one by one. */
  NodeMemo.Verdicts verdicts(ClusterState cluster) {
    return isNodeLocal && cluster.nominations().node(pod).isEmpty() ? memo.verdicts(cluster.touched(), this::filter) : null;
  }

  /** Notes that so many nodes were looked at, whatever was remembered of them. */
  void looked(int nodes) {
    looked = nodes;
  }

  /** Whether the pod can run on a node. */
  Status filter(NodeInfo node) {
    looked++;
    if (memo == null) {
      return profile.filterWithNominated(state, pod, node);
    }
    if (!node.nominated().isEmpty()) {
      return filterWithNominated(node);
    }
    Status known = memo.verdict(node);
    if (known == null) {
      known = askOnce(node);
    }
    int end = known.isSuccess() ? filters.size() : memo.failing(node);
    for (int i : always) {
      if (i >= end) {
        break;
      }
      Status s = Profile.filter(filters.get(i), state, pod, node);
      if (!s.isSuccess()) {
        return s;
      }
    }
    return known;
  }

  /** The same for a node that others are nominated to; remembered when nothing but the node and they matter. */
  private Status filterWithNominated(NodeInfo node) {
    List<Pod> nominated = node.nominated();
    if (!isNodeLocal || isAmong(nominated)) {
      return profile.filterWithNominated(state, pod, node);
    }
    Status known = memo.verdict(node, nominated);
    if (known == null) {
      known = profile.filterWithNominated(state, pod, node);
      memo.remember(node, nominated, known.isSuccess() || known.isRejected() ? known : null);
    }
    return known;
  }

  private boolean isAmong(List<Pod> pods) {
    for (Pod p : pods) {
      if (p.uid().equals(pod.uid())) {
        return true;
      }
    }
    return false;
  }

  /** Asks the node-local filters. An error is not remembered: it need not come again. */
  private Status askOnce(NodeInfo node) {
    for (int i = 0; i < askOnce.length; i++) {
      if (askOnce[i]) {
        Status s = Profile.filter(filters.get(i), state, pod, node);
        if (!s.isSuccess()) {
          memo.remember(node, s, i, s.isRejected());
          return s;
        }
      }
    }
    memo.remember(node, Status.SUCCESS, askOnce.length, true);
    return Status.SUCCESS;
  }

  /** The raw scores of every plugin whose PreScore did not say Skip. */
  List<Scored> scores(List<NodeInfo> nodes) {
    List<ScorePlugin> plugins = profile.at(ExtensionPoint.SCORE, ScorePlugin.class);
    Set<String> skipped = state.skippedScores();
    boolean[] once = new boolean[plugins.size()];
    for (int p = 0; p < once.length; p++) {
      once[p] = memo != null && !skipped.contains(plugins.get(p).name()) && isLocal(plugins.get(p));
    }
    if (memo != null) {
      scoreOnce(plugins, once, nodes);
    }
    scored += nodes.size();
    List<Scored> out = new ArrayList<>(once.length);
    for (int p = 0; p < once.length; p++) {
      ScorePlugin plugin = plugins.get(p);
      if (once[p]) {
        out.add(new Scored(plugin, gather(memo.scores(p), nodes)));
      } else if (!skipped.contains(plugin.name())) {
        out.add(new Scored(plugin, ask(plugin, nodes)));
      }
    }
    return out;
  }

  private void scoreOnce(List<ScorePlugin> plugins, boolean[] once, List<NodeInfo> nodes) {
    for (NodeInfo node : nodes) {
      if (!memo.isScored(node)) {
        for (int p = 0; p < once.length; p++) {
          if (once[p]) {
            memo.scores(p)[node.position()] = plugins.get(p).score(state, pod, node);
          }
        }
        memo.markScored(node);
      }
    }
  }

  /** Tells how often each plugin has taken part; a remembered answer counts as one. */
  void tell(SchedulerMetrics metrics) {
    if (metrics == SchedulerMetrics.NONE) {
      return;
    }
    for (PreFilterPlugin p : profile.at(ExtensionPoint.PRE_FILTER, PreFilterPlugin.class)) {
      if (!state.skippedFilters().contains(p.name())) {
        metrics.evaluated(profile.name(), ExtensionPoint.PRE_FILTER, p.name(), 1);
      }
    }
    for (int i = 0; i < askOnce.length; i++) {
      if (askOnce[i] || askAlways[i]) {
        metrics.evaluated(profile.name(), ExtensionPoint.FILTER, filters.get(i).name(), looked);
      }
    }
    if (scored > 0) {
      for (PreScorePlugin p : profile.at(ExtensionPoint.PRE_SCORE, PreScorePlugin.class)) {
        if (!state.skippedScores().contains(p.name())) {
          metrics.evaluated(profile.name(), ExtensionPoint.PRE_SCORE, p.name(), 1);
        }
      }
      for (ScorePlugin p : profile.at(ExtensionPoint.SCORE, ScorePlugin.class)) {
        if (!state.skippedScores().contains(p.name())) {
          metrics.evaluated(profile.name(), ExtensionPoint.SCORE, p.name(), scored);
        }
      }
    }
  }

  private static long[] gather(long[] known, List<NodeInfo> nodes) {
    long[] out = new long[nodes.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = known[nodes.get(i).position()];
    }
    return out;
  }

  private long[] ask(ScorePlugin plugin, List<NodeInfo> nodes) {
    long[] out = new long[nodes.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = plugin.score(state, pod, nodes.get(i));
    }
    return out;
  }
}
