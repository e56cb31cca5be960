package io.kubrig.scheduler.plugins.volumebinding;

import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.List;

/** The filter of volumes that looks everything up anew for each node. */
public final class PlainVolumeBinding implements PreFilterPlugin, FilterPlugin {
  private final ClusterState cluster;

  public PlainVolumeBinding(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "VolumeBinding";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    if (PodVolumes.claims(pod).isEmpty()) {
      return PreFilterResult.SKIP;
    }
    PodClaims.Read read = PodClaims.of(pod, cluster.objects());
    if (!read.problem().isSuccess()) {
      return PreFilterResult.of(read.problem());
    }
    state.put(this, read.claims());
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    List<String> reasons = new PlainVolumeFinder(cluster.objects()).find(state.get(this, PodClaims.class), node.node()).reasons();
    return reasons.isEmpty() ? Status.SUCCESS : Status.unresolvable(reasons.toArray(String[]::new));
  }
}
