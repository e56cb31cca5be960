package io.kubrig.scheduler.plugins.noderesources;

import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.plugins.noderesources.FitArgs.Point;
import io.kubrig.scheduler.plugins.noderesources.FitArgs.Weighted;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Scores a node by how full it would be. Pure arithmetic in whole numbers, exactly as native. */
final class AllocationScore {
  private final FitArgs.Strategy strategy;
  private final int[] resources;
  private final long[] weights;
  private final List<Point> shape;

  AllocationScore(FitArgs args) {
    this.strategy = args.strategy();
    this.resources = indexes(args.resources());
    this.weights = args.resources().stream().mapToLong(Weighted::weight).toArray();
    this.shape = args.shape();
  }

  static int[] indexes(List<Weighted> resources) {
    return resources.stream().mapToInt(r -> ResourceVector.index(r.name())).toArray();
  }

  /** Cpu and memory count for every pod, everything else only for pods that ask for it. */
  static boolean counts(int resource, long podRequest) {
    return podRequest != 0 || resource < ResourceVector.FIRST_SCALAR;
  }

  long score(Pod pod, NodeInfo node) {
    long sum = 0;
    long weightSum = 0;
    for (int i = 0; i < resources.length; i++) {
      long podRequest = pod.spec().requests().scored().get(resources[i]);
      long capacity = node.allocatable().get(resources[i]);
      if (capacity == 0 || !counts(resources[i], podRequest)) {
        continue;
      }
      long points = points(node.nonZeroRequested(resources[i]) + podRequest, capacity);
      if (strategy == FitArgs.Strategy.REQUESTED_TO_CAPACITY_RATIO && points <= 0) {
        continue;
      }
      sum += points * weights[i];
      weightSum += weights[i];
    }
    if (weightSum == 0) {
      return 0;
    }
    return strategy == FitArgs.Strategy.REQUESTED_TO_CAPACITY_RATIO ? Math.round((double) sum / weightSum) : sum / weightSum;
  }

  private long points(long requested, long capacity) {
    return switch (strategy) {
      case LEAST_ALLOCATED -> requested > capacity ? 0 : (capacity - requested) * ScorePlugin.MAX / capacity;
      case MOST_ALLOCATED -> Math.min(requested, capacity) * ScorePlugin.MAX / capacity;
      case REQUESTED_TO_CAPACITY_RATIO -> onShape(requested > capacity ? 100 : requested * 100 / capacity);
    };
  }

  /** The value of the piecewise linear function, scaled from 0..10 to 0..100. */
  private long onShape(long utilization) {
    for (int i = 0; i < shape.size(); i++) {
      Point to = shape.get(i);
      if (utilization <= to.utilization()) {
        if (i == 0) {
          return to.score() * 10;
        }
        Point from = shape.get(i - 1);
        return from.score() * 10
            + (to.score() - from.score()) * 10 * (utilization - from.utilization()) / (to.utilization() - from.utilization());
      }
    }
    return shape.getLast().score() * 10;
  }
}
