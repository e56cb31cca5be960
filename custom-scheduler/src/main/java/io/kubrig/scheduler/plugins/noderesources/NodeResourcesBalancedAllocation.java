package io.kubrig.scheduler.plugins.noderesources;

import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.PreScorePlugin;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** Prefers nodes whose resources are used evenly, compared with how evenly they are used without the pod. */
public final class NodeResourcesBalancedAllocation implements PreScorePlugin, ScorePlugin, NodeLocal {
  private static final long NEUTRAL = MAX / 2;

  private final int[] resources;

  public NodeResourcesBalancedAllocation(ConfigNode args) {
    this.resources = AllocationScore.indexes(FitArgs.resources(args));
  }

  @Override
  public String name() {
    return "NodeResourcesBalancedAllocation";
  }

  /** Pods that ask for none of the resources would all go to the same node. */
  @Override
  public Status preScore(CycleState state, Pod pod, List<NodeInfo> nodes) {
    for (int r : resources) {
      if (pod.spec().requests().total().get(r) != 0) {
        return Status.SUCCESS;
      }
    }
    return Status.SKIP;
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    long with = evenness(pod.spec().requests().total(), node, true);
    long without = evenness(pod.spec().requests().total(), node, false);
    return NEUTRAL + (NEUTRAL + with - without) / 2;
  }

  /** 100 less the standard deviation of the resources' utilization in percent. */
  private long evenness(ResourceVector pod, NodeInfo node, boolean withPod) {
    double[] fractions = new double[resources.length];
    int n = 0;
    double sum = 0;
    for (int r : resources) {
      long capacity = node.allocatable().get(r);
      if (capacity == 0 || !AllocationScore.counts(r, pod.get(r))) {
        continue;
      }
      double f = Math.min(1, (double) (node.requested().get(r) + (withPod ? pod.get(r) : 0)) / capacity);
      fractions[n++] = f;
      sum += f;
    }
    double deviation = 0;
    if (n == 2) {
      deviation = Math.abs((fractions[0] - fractions[1]) / 2);
    } else if (n > 2) {
      double squares = 0;
      for (int i = 0; i < n; i++) {
        squares += (fractions[i] - sum / n) * (fractions[i] - sum / n);
      }
      deviation = Math.sqrt(squares / n);
    }
    return (long) ((1 - deviation) * MAX);
  }
}
