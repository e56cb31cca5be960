package io.kubrig.scheduler.plugins.volumerestrictions;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Index;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Keeps disks from being attached twice to a node, and ReadWriteOncePod claims from being used by two pods. */
public final class VolumeRestrictions implements PreFilterPlugin, FilterPlugin, EnqueueExtensions {
  private static final Status DISK = Status.unschedulable("node(s) had no available disk");
  private static final Status IN_USE = Status.unschedulable(
      "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod");

  private final ClusterState cluster;

  public VolumeRestrictions(ClusterState cluster) {
    this.cluster = cluster;
  }

  /** The exclusive claims of the pod, and how many uses of them there are. */
  private record Exclusive(Set<String> claims, int uses) implements CycleState.Data {}

  @Override
  public String name() {
    return "VolumeRestrictions";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    boolean disks = pod.spec().footprint().volumes().stream().anyMatch(DiskConflict::isAttachedOnce);
    Set<String> claims = new HashSet<>();
    int uses = 0;
    for (PodVolumes.ClaimUse use : PodVolumes.claims(pod)) {
      Optional<PersistentVolumeClaim> claim = cluster.objects().claims().find(pod.namespace(), use.name());
      if (claim.isEmpty()) {
        return use.generated() ? PreFilterResult.of(Status.unresolvable(
            "waiting for ephemeral volume controller to create the persistentvolumeclaim \"" + use.name() + "\""))
            : PreFilterResult.of(Status.unresolvable("persistentvolumeclaim \"" + use.name() + "\" not found"));
      }
      if (claim.get().getSpec().getAccessModes().contains("ReadWriteOncePod")) {
        String key = Index.key(pod.namespace(), use.name());
        claims.add(key);
        uses += Math.min(1, cluster.claimUses(key));
      }
    }
    if (!disks && claims.isEmpty()) {
      return PreFilterResult.SKIP;
    }
    state.put(this, new Exclusive(claims, uses));
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status addPod(CycleState state, Pod pod, Pod added, NodeInfo node) {
    return change(state, added, 1);
  }

  @Override
  public Status removePod(CycleState state, Pod pod, Pod removed, NodeInfo node) {
    return change(state, removed, -1);
  }

  private Status change(CycleState state, Pod other, int by) {
    Exclusive e = state.get(this, Exclusive.class);
    long shared = PodVolumes.claims(other).stream().filter(u -> e.claims.contains(Index.key(other.namespace(), u.name()))).count();
    if (shared > 0) {
      state.put(this, new Exclusive(e.claims, e.uses + by * (int) shared));
    }
    return Status.SUCCESS;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    for (Volume v : pod.spec().footprint().volumes()) {
      if (DiskConflict.isAttachedOnce(v) && node.pods().stream().flatMap(p -> p.spec().footprint().volumes().stream())
          .anyMatch(other -> DiskConflict.conflict(v, other))) {
        return DISK;
      }
    }
    return state.get(this, Exclusive.class).uses > 0 ? IN_USE : Status.SUCCESS;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE), (pod, before, after) -> gaveUp(pod, (Pod) before)),
        Registration.of(EventKind.of(Subject.NODE, Action.ADD)),
        new Registration(EventKind.of(Subject.PERSISTENT_VOLUME_CLAIM, Action.ADD, Action.UPDATE), (pod, before, after) ->
            after instanceof PersistentVolumeClaim c && c.getMetadata().getNamespace().equals(pod.namespace())
                && PodVolumes.claims(pod).stream().anyMatch(u -> u.name().equals(c.getMetadata().getName()))));
  }

  private static boolean gaveUp(Pod pod, Pod gone) {
    boolean disk = pod.spec().footprint().volumes().stream().anyMatch(v -> gone.spec().footprint().volumes().stream()
        .anyMatch(o -> DiskConflict.conflict(v, o)));
    boolean claim = gone.namespace().equals(pod.namespace()) && PodVolumes.claims(pod).stream()
        .anyMatch(u -> PodVolumes.claims(gone).stream().anyMatch(o -> o.name().equals(u.name())));
    return disk || claim;
  }
}
