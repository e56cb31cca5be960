package com.example.scheduling;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginProvider;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;
import java.util.Map;

/** Prefers zones where network traffic costs little, and keeps pods out of zones that cost more than a limit. */
public final class ZoneCost implements PluginProvider<ZoneCost.Args> {

  /** {@code costs}: of each zone; {@code limit}: what a zone may cost at most. */
  public record Args(Map<String, Integer> costs, int limit) {}

  @Override
  public String name() {
    return "ZoneCost";
  }

  @Override
  public Class<Args> argsType() {
    return Args.class;
  }

  @Override
  public Plugin create(Args args, PluginContext context) {
    if (args.costs() == null) {
      throw new IllegalArgumentException("costs: Required value");
    }
    return new Costs(args);
  }

  private record Costs(Args args) implements FilterPlugin, ScorePlugin {
    @Override
    public String name() {
      return "ZoneCost";
    }

    private int cost(NodeInfo node) {
      return args.costs().getOrDefault(node.node().labels().find("topology.kubernetes.io/zone").orElse(""), 0);
    }

    @Override
    public Status filter(CycleState state, Pod pod, NodeInfo node) {
      return cost(node) <= args.limit() ? Status.SUCCESS : Status.unresolvable("node(s) in a zone that costs too much");
    }

    @Override
    public long score(CycleState state, Pod pod, NodeInfo node) {
      return cost(node);
    }

    @Override
    public void normalize(CycleState state, Pod pod, List<NodeInfo> nodes, long[] scores) {
      ScorePlugin.normalizeByMax(scores, true);
    }
  }
}
