package io.kubrig.scheduler.plugins.dynamicresources;

import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.NodeStatuses;
import io.kubrig.scheduler.framework.PostFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.NodeInfo;
import java.time.Duration;
import java.util.List;

/** Allocates devices to the resource claims of pods. Pods with claims are turned down for now: the allocator is not there yet. */
public final class DynamicResources implements PreFilterPlugin, PostFilterPlugin, ScorePlugin {
  private record Claims() implements CycleState.Data {}

  public DynamicResources(ConfigNode args) {
    args.duration("filterTimeout", Duration.ofSeconds(10));
    args.duration("bindingTimeout", Duration.ofMinutes(10));
  }

  @Override
  public String name() {
    return "DynamicResources";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    state.put(this, new Claims());
    return pod.spec().footprint().claims().isEmpty() ? PreFilterResult.SKIP
        : PreFilterResult.of(Status.unresolvable("this scheduler cannot allocate resource claims yet"));
  }

  @Override
  public Result postFilter(CycleState state, Pod pod, NodeStatuses statuses) {
    return Result.of(state.find(this, Claims.class).isPresent() ? Status.unschedulable("no new claims to deallocate") : Status.error("not found"));
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    return 0;
  }
}
