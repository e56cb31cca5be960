package io.kubrig.scheduler.plugins.noderesources;

import io.kubrig.scheduler.config.ConfigNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The arguments of {@link NodeResourcesFit}. */
record FitArgs(Set<String> ignoredResources, Set<String> ignoredGroups, Strategy strategy, List<Weighted> resources, List<Point> shape) {

  enum Strategy { LEAST_ALLOCATED, MOST_ALLOCATED, REQUESTED_TO_CAPACITY_RATIO }

  /** A resource that scores look at. */
  record Weighted(String name, long weight) {}

  /** A point of a piecewise linear function from utilization (0..100) to score (0..10). */
  record Point(long utilization, long score) {}

  static final List<Weighted> CPU_AND_MEMORY = List.of(new Weighted("cpu", 1), new Weighted("memory", 1));

  static FitArgs read(ConfigNode args) {
    try (ConfigNode s = args.object("scoringStrategy")) {
      String type = s.string("type", "LeastAllocated");
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
      return new FitArgs(Set.copyOf(args.strings("ignoredResources")), Set.copyOf(args.strings("ignoredResourceGroups")), strategy,
          resources(s, 1), strategy == Strategy.REQUESTED_TO_CAPACITY_RATIO ? shape(s) : List.of());
    }
  }

  /** The resources that scores look at; a missing weight is 1. */
  static List<Weighted> resources(ConfigNode node, int minWeight) {
    List<Weighted> out = new ArrayList<>();
    for (ConfigNode r : node.objects("resources")) {
      try (r) {
        long weight = r.integer("weight").filter(w -> w != 0).orElse(1L);
        if (weight < minWeight || weight > 100) {
          r.problem("weight", "Invalid value: " + weight + ": resource weight of " + r.string("name", "") + " not in valid range [1, 100]");
        }
        out.add(new Weighted(r.string("name", ""), weight));
      }
    }
    return out.isEmpty() ? CPU_AND_MEMORY : List.copyOf(out);
  }

  private static List<Point> shape(ConfigNode strategy) {
    List<Point> out = new ArrayList<>();
    try (ConfigNode ratio = strategy.object("requestedToCapacityRatio")) {
      for (ConfigNode p : ratio.objects("shape")) {
        try (p) {
          Point point = new Point(p.integer("utilization").orElse(0L), p.integer("score").orElse(0L));
          if (point.utilization < 0 || point.utilization > 100) {
            p.problem("utilization", "Invalid value: " + point.utilization + ": not in valid range [0, 100]");
          }
          if (point.score < 0 || point.score > 10) {
            p.problem("score", "Invalid value: " + point.score + ": not in valid range [0, 10]");
          }
          if (!out.isEmpty() && out.getLast().utilization >= point.utilization) {
            p.problem("utilization", "Invalid value: " + point.utilization + ": utilization values must be sorted in increasing order");
          }
          out.add(point);
        }
      }
      if (out.isEmpty()) {
        ratio.problem("shape", "Required value: at least one point must be specified");
        out.add(new Point(0, 0));
      }
    }
    return List.copyOf(out);
  }
}
