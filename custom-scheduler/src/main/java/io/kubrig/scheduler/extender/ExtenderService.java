package io.kubrig.scheduler.extender;

import io.kubrig.scheduler.config.ExtensionPoint;
import io.kubrig.scheduler.extender.Extender.Victims;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.PluginException;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** The plugins of a profile as an extender: what it would answer another scheduler. On the thread that the state belongs to. */
public final class ExtenderService {
  private static final long MAX_SCORE = 10;

  private final Supplier<Profile> current;
  private final ClusterState cluster;

  public ExtenderService(Supplier<Profile> current, ClusterState cluster) {
    this.current = current;
    this.cluster = cluster;
  }

  /** The nodes on which a pod can run, and why the others are out. A node that is not known (yet) may be asked about again. */
  public Extender.Filtered filter(Pod pod, List<String> nodes) {
    Profile profile = current.get();
    List<String> kept = new ArrayList<>();
    Map<String, String> failed = new LinkedHashMap<>();
    Map<String, String> unresolvable = new LinkedHashMap<>();
    CycleState state = new CycleState();
    Profile.PreFiltered pre = profile.preFilter(state, pod, cluster.nodes());
    for (String name : nodes) {
      Status s = verdict(profile, pre, state, pod, name);
      if (s.isSuccess()) {
        kept.add(name);
      } else if (s.isRejected()) {
        (s.code() == Code.UNRESOLVABLE ? unresolvable : failed).put(name, s.message());
      } else {
        throw new PluginException(s);
      }
    }
    return new Extender.Filtered(kept, failed, unresolvable);
  }

  private Status verdict(Profile profile, Profile.PreFiltered pre, CycleState state, Pod pod, String name) {
    NodeInfo node = cluster.node(name).orElse(null);
    if (node == null) {
      return Status.unschedulable("node \"" + name + "\" is not known to the extender");
    }
    if (!pre.status().isSuccess()) {
      return pre.status();
    }
    if (pre.nodes() != null && !pre.nodes().contains(name)) {
      return Status.unresolvable("node(s) didn't satisfy plugin(s) [" + String.join(" ", pre.limitedBy()) + "]");
    }
    return profile.filterWithNominated(state, pod, node);
  }

  /** Scores in 0..{@value #MAX_SCORE}: the weighted mean of what the profile's plugins say. */
  public Map<String, Long> prioritize(Pod pod, List<String> names) {
    Profile profile = current.get();
    List<NodeInfo> nodes = names.stream().flatMap(n -> cluster.node(n).stream()).toList();
    Map<String, Long> out = new LinkedHashMap<>();
    names.forEach(n -> out.put(n, 0L));
    CycleState state = new CycleState();
    if (nodes.isEmpty() || !profile.preFilter(state, pod, cluster.nodes()).status().isSuccess()) {
      return out;
    }
    for (PreScorePlugin p : profile.at(ExtensionPoint.PRE_SCORE, PreScorePlugin.class)) {
      if (p.preScore(state, pod, nodes).isSkip()) {
        state.skippedScores().add(p.name());
      }
    }
    long[] total = new long[nodes.size()];
    long weights = 0;
    for (ScorePlugin p : profile.at(ExtensionPoint.SCORE, ScorePlugin.class)) {
      if (!state.skippedScores().contains(p.name())) {
        int weight = profile.weights().get(p.name());
        long[] values = nodes.stream().mapToLong(n -> p.score(state, pod, n)).toArray();
        p.normalize(state, pod, nodes, values);
        weights += weight;
        for (int i = 0; i < total.length; i++) {
          total[i] += values[i] * weight;
        }
      }
    }
    for (int i = 0; i < total.length; i++) {
      out.put(nodes.get(i).name(), weights == 0 ? 0 : Math.round((double) total[i] * MAX_SCORE / (weights * ScorePlugin.MAX)));
    }
    return out;
  }

  /** Of proposed evictions those after which the pod fits, unchanged. Pods to evict are named by uid. */
  public Map<String, Victims> preempt(Pod pod, Map<String, List<String>> victimsByNode, Map<String, Long> violations) {
    Profile profile = current.get();
    Map<String, Victims> out = new LinkedHashMap<>();
    CycleState state = new CycleState();
    if (!profile.preFilter(state, pod, cluster.nodes()).status().isSuccess()) {
      return out;
    }
    victimsByNode.forEach((name, uids) -> cluster.node(name).ifPresent(node -> {
      List<Pod> victims = node.pods().stream().filter(p -> uids.contains(p.uid())).toList();
      CycleState trial = state.copy();
      NodeInfo without = node.copy();
      victims.forEach(v -> profile.removePod(trial, pod, v, without));
      if (victims.size() == uids.size() && profile.filterWithNominated(trial, pod, without).isSuccess()) {
        out.put(name, new Victims(victims, violations.getOrDefault(name, 0L)));
      }
    }));
    return out;
  }
}
