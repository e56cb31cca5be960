package io.kubrig.scheduler.whatif;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Profile;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.Taint;
import io.kubrig.scheduler.model.Toleration;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks for the smallest changes of a pod after which it fits somewhere: on the nodes that the fewest plugins turn down, what each of those
 * plugins objects to is changed, and the pod as changed is tried again. Only what was found to help is told.
 */
final class Changes {
  private static final int NODES_TRIED = 32;
  private static final int NODES_NAMED = 5;
  private static final int MOST = 5;

  private final Profile profile;
  private final ClusterState cluster;

  Changes(Profile profile, ClusterState cluster) {
    this.profile = profile;
    this.cluster = cluster;
  }

  /** A pod as changed, and how. */
  private record Changed(Pod pod, List<String> how) {}

  List<Explanation.Change> of(Pod pod, List<Explanation.Verdict> verdicts) {
    int fewest = verdicts.stream().mapToInt(v -> v.rejections().size()).min().orElse(0);
    Map<String, List<String>> nodesByChange = new LinkedHashMap<>();
    verdicts.stream().filter(v -> v.rejections().size() == fewest).limit(NODES_TRIED).forEach(v -> {
      NodeInfo node = cluster.node(v.node()).orElseThrow();
      changed(pod, node, v).filter(c -> fits(c.pod, node))
          .ifPresent(c -> nodesByChange.computeIfAbsent(String.join(" and ", c.how), k -> new ArrayList<>()).add(v.node()));
    });
    return nodesByChange.entrySet().stream()
        .map(e -> new Explanation.Change(e.getKey(), List.copyOf(e.getValue().subList(0, Math.min(NODES_NAMED, e.getValue().size()))),
            e.getValue().size()))
        .sorted((a, b) -> Integer.compare(b.count(), a.count())).limit(MOST).toList();
  }

  private boolean fits(Pod pod, NodeInfo node) {
    CycleState state = new CycleState();
    Profile.PreFiltered pre = profile.preFilter(state, pod, cluster.nodes());
    return pre.status().isSuccess() && (pre.nodes() == null || pre.nodes().contains(node.name()))
        && profile.filterWithNominated(state, pod, node).isSuccess();
  }

  /** The pod without what the plugins object to at a node; empty when some objection cannot be met by a change of the pod. */
  private Optional<Changed> changed(Pod pod, NodeInfo node, Explanation.Verdict verdict) {
    Pod now = pod;
    List<String> how = new ArrayList<>();
    for (Explanation.Rejection r : verdict.rejections()) {
      Pod.Spec s = now.spec();
      Pod.NodeRules nodes = s.nodes();
      Pod.PodRules pods = s.pods();
      switch (r.plugin()) {
        case "NodeResourcesFit" -> {
          if (node.pods().size() >= node.node().allowedPods()) {
            return Optional.empty();
          }
          Pod.Requests less = less(s.requests(), node, how);
          s = new Pod.Spec(s.order(), less, nodes, pods, s.footprint());
        }
        case "TaintToleration" -> s = withNodes(s, tolerating(nodes, node.node().taints(), how));
        case "NodeUnschedulable" ->
            s = withNodes(s, tolerating(nodes, List.of(io.kubrig.scheduler.model.Node.UNSCHEDULABLE), how));
        case "NodeAffinity" -> {
          how.add("drop the node selector and the required node affinity");
          s = withNodes(s, new Pod.NodeRules(nodes.nodeName(), Selector.EVERYTHING, null, nodes.preferred(), nodes.tolerations()));
        }
        case "InterPodAffinity" -> {
          boolean own = !pods.requiredAffinity().isEmpty() || !pods.requiredAntiAffinity().isEmpty();
          if (!own) {
            return Optional.empty();
          }
          how.add("drop the required pod affinity and anti-affinity");
          s = withPods(s, new Pod.PodRules(List.of(), List.of(), pods.preferredAffinity(), pods.preferredAntiAffinity(), pods.spread()));
        }
        case "PodTopologySpread" -> {
          how.add("let topology spread constraints be ScheduleAnyway");
          s = withPods(s, new Pod.PodRules(pods.requiredAffinity(), pods.requiredAntiAffinity(), pods.preferredAffinity(),
              pods.preferredAntiAffinity(), pods.spread().stream().filter(c -> !c.hard()).toList()));
        }
        case "NodePorts" -> {
          how.add("take no host ports");
          Pod.Footprint f = s.footprint();
          s = new Pod.Spec(s.order(), s.requests(), nodes, pods,
              new Pod.Footprint(List.of(), f.images(), f.containers(), f.volumes(), f.claims(), f.features()));
        }
        default -> {
          return Optional.empty();
        }
      }
      now = new Pod(now.namespace(), now.name(), now.uid(), now.labels(), s, now.state(), now.source());
    }
    return Optional.of(new Changed(now, how));
  }

  private static Pod.Spec withNodes(Pod.Spec s, Pod.NodeRules nodes) {
    return new Pod.Spec(s.order(), s.requests(), nodes, s.pods(), s.footprint());
  }

  private static Pod.Spec withPods(Pod.Spec s, Pod.PodRules pods) {
    return new Pod.Spec(s.order(), s.requests(), s.nodes(), pods, s.footprint());
  }

  private static Pod.NodeRules tolerating(Pod.NodeRules rules, List<Taint> taints, List<String> how) {
    List<Toleration> all = new ArrayList<>(rules.tolerations());
    for (Taint t : taints) {
      if (t.repels() && !Toleration.anyTolerates(all, t)) {
        all.add(new Toleration(t.key(), Toleration.Comparison.EQUAL, t.value(), t.effect()));
        how.add("tolerate " + t.key() + (t.value().isEmpty() ? "" : "=" + t.value()) + ":" + t.effect());
      }
    }
    return new Pod.NodeRules(rules.nodeName(), rules.selector(), rules.required(), rules.preferred(), List.copyOf(all));
  }

  /** As much of each resource as the node has left. */
  private static Pod.Requests less(Pod.Requests wanted, NodeInfo node, List<String> how) {
    ResourceVector total = wanted.total().copy();
    for (int i = 0; i < total.size(); i++) {
      long free = Math.max(0, node.allocatable().get(i) - node.requested().get(i));
      if (total.get(i) > free) {
        how.add("ask for " + Amount.of(i, total.get(i) - free) + " less " + ResourceVector.name(i) + " (" + Amount.of(i, free)
            + " instead of "
            + Amount.of(i, total.get(i)) + ")");
        total.set(i, free);
      }
    }
    return new Pod.Requests(total, wanted.nonZero(), wanted.scored(), wanted.limits(), wanted.named());
  }
}
