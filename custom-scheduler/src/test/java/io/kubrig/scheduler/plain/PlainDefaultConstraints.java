package io.kubrig.scheduler.plain;

import io.fabric8.kubernetes.api.model.Service;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.model.SpreadConstraint;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.ArrayList;
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

  static PlainDefaultConstraints read(ConfigNode args) {
    String type = args.string("defaultingType", "System");
    List<SpreadConstraint> list = new ArrayList<>();
    for (ConfigNode c : args.objects("defaultConstraints")) {
      try (c) {
        int maxSkew = c.integer("maxSkew", 0);
        String when = c.string("whenUnsatisfiable", "");
        String key = c.string("topologyKey", "");
        if (maxSkew <= 0) {
          c.problem("maxSkew", "Invalid value: " + maxSkew + ": not in valid range (0-inf)");
        }
        if (key.isEmpty()) {
          c.problem("topologyKey", "Required value: can not be empty");
        }
        if (!when.equals("DoNotSchedule") && !when.equals("ScheduleAnyway")) {
          c.problem("whenUnsatisfiable", "Unsupported value: \"" + when + "\": supported values: \"DoNotSchedule\", \"ScheduleAnyway\"");
        }
        if (c.has("labelSelector")) {
          c.problem("labelSelector", "Forbidden: constraint must not define a selector, as they deduced for each pod");
        }
        list.add(new SpreadConstraint(key, maxSkew, when.equals("DoNotSchedule"), Selector.NOTHING, 1, true, false));
      }
    }
    if (type.equals("System") && !list.isEmpty()) {
      args.problem("defaultingType", "Invalid value: \"System\": when .defaultConstraints are not empty");
    } else if (!type.equals("System") && !type.equals("List")) {
      args.problem("defaultingType", "Unsupported value: \"" + type + "\": supported values: \"System\", \"List\"");
    }
    return type.equals("List") ? new PlainDefaultConstraints(list, false) : new PlainDefaultConstraints(SYSTEM, true);
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
    return kind.stream().map(c -> new SpreadConstraint(c.topologyKey(), c.maxSkew(), c.hard(), selector, 1, true, false)).toList();
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
