package io.kubrig.scheduler.plugins.nodeaffinity;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.NodeSelector;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Admits the nodes that the pod selects, and prefers those it wishes for; a profile may add to both. */
public final class NodeAffinity implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin, EnqueueExtensions, NodeLocal {
  private static final Status NOT_SELECTED = Status.unresolvable("node(s) didn't match Pod's node affinity/selector");
  private static final Status NOT_ENFORCED = Status.unresolvable("node(s) didn't match scheduler-enforced node affinity");
  private static final Status CONFLICT = Status.unresolvable("pod affinity terms conflict");

  private final NodeSelector addedRequired;
  private final List<Pod.Preference> addedPreferred;

  private record Wishes(List<Pod.Preference> all) implements CycleState.Data {}

  public NodeAffinity(ConfigNode args) {
    NodeSelector required = null;
    List<Pod.Preference> preferred = List.of();
    if (args.has("addedAffinity")) {
      var added = new KubernetesSerialization().convertValue(args.object("addedAffinity").plain(),
          io.fabric8.kubernetes.api.model.NodeAffinity.class);
      if (added.getRequiredDuringSchedulingIgnoredDuringExecution() != null) {
        required = NodeSelector.of(added.getRequiredDuringSchedulingIgnoredDuringExecution());
      }
      preferred = added.getPreferredDuringSchedulingIgnoredDuringExecution().stream()
          .map(p -> new Pod.Preference(p.getWeight(), NodeSelector.Term.of(p.getPreference()))).toList();
    }
    this.addedRequired = required;
    this.addedPreferred = preferred;
  }

  @Override
  public String name() {
    return "NodeAffinity";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    Pod.NodeRules rules = pod.spec().nodes();
    if (addedRequired == null && rules.required() == null && rules.selector().isEverything()) {
      return PreFilterResult.SKIP;
    }
    if (rules.required() == null) {
      return PreFilterResult.ALL_NODES;
    }
    Optional<Set<String>> names = rules.required().names();
    if (names.isPresent() && names.get().isEmpty()) {
      return PreFilterResult.of(CONFLICT);
    }
    return names.map(PreFilterResult::only).orElse(PreFilterResult.ALL_NODES);
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    if (addedRequired != null && !addedRequired.matches(node.node())) {
      return NOT_ENFORCED;
    }
    return pod.spec().nodes().admit(node.node()) ? Status.SUCCESS : NOT_SELECTED;
  }

  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    List<Pod.Preference> own = pod.spec().nodes().preferred();
    if (own.isEmpty() && addedPreferred.isEmpty()) {
      return Status.SKIP;
    }
    List<Pod.Preference> all = new ArrayList<>(addedPreferred);
    all.addAll(own);
    state.put(this, new Wishes(all));
    return Status.SUCCESS;
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    long sum = 0;
    for (Pod.Preference p : state.get(this, Wishes.class).all) {
      if (p.weight() != 0 && p.term().matches(node.node())) {
        sum += p.weight();
      }
    }
    return sum;
  }

  @Override
  public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
    ScorePlugin.normalizeByMax(scores, false);
  }

  private boolean admits(Pod pod, Object node) {
    return node instanceof Node n && pod.spec().nodes().admit(n) && (addedRequired == null || addedRequired.matches(n));
  }

  @Override
  public List<Registration> events() {
    return List.of(new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_LABEL),
        (pod, before, after) -> admits(pod, after) && !admits(pod, before)));
  }
}
