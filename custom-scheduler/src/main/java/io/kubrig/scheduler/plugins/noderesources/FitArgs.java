package io.kubrig.scheduler.plugins.noderesources;

import io.kubrig.machinery.selector.LabelSyntax;
import io.kubrig.scheduler.config.ConfigNode;
import java.util.List;
import java.util.Set;

/** The arguments of {@link NodeResourcesFit}. */
record FitArgs(Set<String> ignoredResources, Set<String> ignoredGroups, Strategy strategy, List<Weighted> resources, List<Point> shape) {

  enum Strategy { LEAST_ALLOCATED, MOST_ALLOCATED, REQUESTED_TO_CAPACITY_RATIO }

  /** A resource that scores look at. */
  record Weighted(String name, long weight) {}

  /** A point of a piecewise linear function from utilization (0..100) to score (0..10). */
  record Point(long utilization, long score) {}

  private static final String RATIO = "requestedToCapacityRatio";
  /** Stands where none could be read; the plugin is not made then. */
  private static final List<Point> ANY_SHAPE = List.of(new Point(0, 0));

  static final List<Weighted> CPU_AND_MEMORY = List.of(new Weighted("cpu", 1), new Weighted("memory", 1));

  /** Reads and, as native does only when the plugin is made, checks them. */
  static FitArgs read(ConfigNode args) {
    checkNames(args, "ignoredResources", false);
    checkNames(args, "ignoredResourceGroups", true);
    ConfigNode s = args.object("scoringStrategy");
    String type = s.string("type", args.has("scoringStrategy") ? "" : "LeastAllocated");
    Strategy strategy = switch (type) {
      case "LeastAllocated" -> Strategy.LEAST_ALLOCATED;
      case "MostAllocated" -> Strategy.MOST_ALLOCATED;
      case "RequestedToCapacityRatio" -> Strategy.REQUESTED_TO_CAPACITY_RATIO;
      default -> {
        s.problem("type", "Unsupported value: \"" + type
            + "\": supported values: \"LeastAllocated\", \"MostAllocated\", \"RequestedToCapacityRatio\"");
        yield Strategy.LEAST_ALLOCATED;
      }
    };
    List<Weighted> resources = resources(s);
    List<ConfigNode> given = s.objects("resources");
    for (int i = 0; i < given.size(); i++) {
      Weighted r = resources.get(i);
      if (r.weight < 1 || r.weight > 100) {
        given.get(i).problem("weight", "Invalid value: " + r.weight + ": resource weight of " + r.name + " not in valid range (0, 100]");
      }
    }
    return new FitArgs(Set.copyOf(args.strings("ignoredResources")), Set.copyOf(args.strings("ignoredResourceGroups")), strategy, resources,
        shape(s, strategy));
  }

  private static void checkNames(ConfigNode args, String field, boolean groups) {
    List<String> names = args.strings(field);
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      String at = field + "[" + i + "]";
      if (groups && name.contains("/")) {
        args.problem(at, "Invalid value: \"" + name + "\": resource group name can't contain '/'");
      }
      LabelSyntax.keyErrors(name).forEach(e -> args.problem(at, "Invalid value: \"" + name + "\": " + e));
    }
  }

  /** The resources that scores look at; a missing weight is 1. */
  static List<Weighted> resources(ConfigNode node) {
    List<Weighted> out = node.objects("resources").stream()
        .map(r -> new Weighted(r.string("name", ""), r.integer("weight").filter(w -> w != 0).orElse(1L))).toList();
    return out.isEmpty() ? CPU_AND_MEMORY : out;
  }

  private static List<Point> shape(ConfigNode strategy, Strategy type) {
    if (type != Strategy.REQUESTED_TO_CAPACITY_RATIO) {
      if (strategy.has(RATIO)) {
        strategy.problem(RATIO, "Forbidden: must be nil when type is not RequestedToCapacityRatio");
      }
      return List.of();
    }
    if (!strategy.has(RATIO)) {
      strategy.problem(RATIO, "Required value: must be specified when type is RequestedToCapacityRatio");
      return ANY_SHAPE;
    }
    ConfigNode ratio = strategy.object(RATIO);
    List<ConfigNode> given = ratio.objects("shape");
    if (given.isEmpty()) {
      ratio.problem("shape", "Required value: at least one point must be specified");
      return ANY_SHAPE;
    }
    List<Point> points = given.stream().map(p -> new Point(p.integer("utilization", 0), p.integer("score", 0))).toList();
    check(given, points);
    return points;
  }

  private static void check(List<ConfigNode> given, List<Point> points) {
    for (int i = 1; i < points.size(); i++) {
      if (points.get(i - 1).utilization >= points.get(i).utilization) {
        given.get(i).problem("utilization",
            "Invalid value: " + points.get(i).utilization + ": values must be sorted in increasing order");
        break;
      }
    }
    for (int i = 0; i < points.size(); i++) {
      Point p = points.get(i);
      if (p.utilization < 0 || p.utilization > 100) {
        given.get(i).problem("utilization", "Invalid value: " + p.utilization + ": not in valid range [0, 100]");
      }
      if (p.score < 0 || p.score > 10) {
        given.get(i).problem("score", "Invalid value: " + p.score + ": not in valid range [0, 10]");
      }
    }
  }
}
