package com.example.scheduling;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.Plugin;
import io.kubrig.scheduler.framework.PluginContext;
import io.kubrig.scheduler.framework.PluginProvider;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;

/** Admits the nodes of one zone. */
public final class OnlyZone implements PluginProvider<OnlyZone.Args> {
  private static final String ZONE = "cheap";

  /** No arguments. */
  public record Args() {}

  @Override
  public String name() {
    return "OnlyZone";
  }

  @Override
  public Class<Args> argsType() {
    return Args.class;
  }

  @Override
  public Plugin create(Args args, PluginContext context) {
    return new FilterPlugin() {
      @Override
      public String name() {
        return "OnlyZone";
      }

      @Override
      public Status filter(CycleState state, Pod pod, NodeInfo node) {
        return node.node().labels().find("topology.kubernetes.io/zone").filter(ZONE::equals).isPresent() ? Status.SUCCESS
            : Status.unschedulable("only zone " + ZONE);
      }
    };
  }
}
