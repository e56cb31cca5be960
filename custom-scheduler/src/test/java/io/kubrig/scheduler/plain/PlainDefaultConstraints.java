package io.kubrig.scheduler.plain;

import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The spread constraints of pods that have none of their own: those of the configuration, for the pods of the same service or controller.
 *
 * @param system whether they are the built-in ones, which do not insist on every topology key
 */
record PlainDefaultConstraints(List<SpreadConstraint> constraints, boolean system) {
  private static final List<SpreadConstraint> SYSTEM = List.of(
      new SpreadConstraint("kubernetes.io/hostname", 3, false, Selector.NOTHING, 1, true, false),
      new SpreadConstraint("topology.kubernetes.io/zone", 5, false, Selector.NOTHING, 1, true, false));

  /** From arguments that are in order. */
  static PlainDefaultConstraints read(ConfigNode args) {
    if (!args.string("defaultingType", "System").equals("List")) {
      return new PlainDefaultConstraints(SYSTEM, true);
    }
    return new PlainDefaultConstraints(
        args.objects("defaultConstraints").stream().map(PlainDefaultConstraints::constraint).toList(), false);
  }

  private static SpreadConstraint constraint(ConfigNode c) {
    boolean hard = c.string("whenUnsatisfiable", "").equals("DoNotSchedule");
    return new SpreadConstraint(c.string("topologyKey", ""), c.integer("maxSkew", 0), hard, Selector.NOTHING, c.integer("minDomains", 1),
        !c.string("nodeAffinityPolicy", "Honor").equals("Ignore"), c.string("nodeTaintsPolicy", "Ignore").equals("Honor"));
  }

  /** The constraints of one kind for a pod without its own. */
  List<SpreadConstraint> of(Pod pod, boolean hard, ClusterObjects objects) {
    List<SpreadConstraint> kind = constraints.stream().filter(c -> c.hard() == hard).toList();
    if (kind.isEmpty()) {
      return kind;
    }
    Selector selector = selector(pod, objects);
    if (selector.isEverything()) {
      return List.of();
    }
    return kind.stream().map(c -> new SpreadConstraint(c.topologyKey(), c.maxSkew(), c.hard(), selector, c.minDomains(),
        c.honorNodeAffinity(), c.honorTaints())).toList();
  }

  /** Selects the pods that belong together with this one: those of its services and its controller. */
  private static Selector selector(Pod pod, ClusterObjects objects) {
    Map<String, String> labels = new TreeMap<>();
    for (Service s : objects.services().all()) {
      Map<String, String> selected = s.getSpec().getSelector();
      if (s.getMetadata().getNamespace().equals(pod.namespace()) && selected != null && !selected.isEmpty()
          && Selector.ofLabels(selected).matches(pod.labels())) {
        labels.putAll(selected);
      }
    }
    Pod.Owner owner = pod.state().owner();
    if (owner == null) {
      return Selector.ofLabels(labels);
    }
    return switch (owner.kind()) {
      case "ReplicationController" -> {
        objects.replicationControllers().find(pod.namespace(), owner.name()).ifPresent(rc -> labels.putAll(
            rc.getSpec().getSelector() == null ? Labels.NONE.asMap() : rc.getSpec().getSelector()));
        yield Selector.ofLabels(labels);
      }
      case "ReplicaSet" -> objects.replicaSets().find(pod.namespace(), owner.name())
          .map(rs -> Selector.ofLabels(labels).and(Selector.of(rs.getSpec().getSelector()))).orElse(Selector.ofLabels(labels));
      case "StatefulSet" -> objects.statefulSets().find(pod.namespace(), owner.name())
          .map(ss -> Selector.ofLabels(labels).and(Selector.of(ss.getSpec().getSelector()))).orElse(Selector.ofLabels(labels));
      default -> Selector.ofLabels(labels);
    };
  }
}
