package io.kubrig.scheduler.plugins.volumezone;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Admits the nodes in the zones and regions that the labels of the pod's volumes name. */
public final class VolumeZone implements PreFilterPlugin, FilterPlugin, EnqueueExtensions {
  private static final Status OTHER_ZONE = Status.unschedulable("node(s) had no available volume zone").as(
      io.kubrig.scheduler.framework.Code.UNRESOLVABLE);
  private static final String SEPARATOR = "__";
  /** The keys of volumes; older names first as nodes may carry either. */
  private static final Map<String, String> KEYS = Map.of(
      "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
      "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region",
      "topology.kubernetes.io/zone", "topology.kubernetes.io/zone",
      "topology.kubernetes.io/region", "topology.kubernetes.io/region");

  private final ClusterState cluster;

  private record Topology(String key, Set<String> values) {}

  private record Topologies(List<Topology> all) implements CycleState.Data {}

  public VolumeZone(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "VolumeZone";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    List<Topology> all = new ArrayList<>();
    ClusterObjects objects = cluster.objects();
    for (PodVolumes.ClaimUse use : PodVolumes.claims(pod)) {
      Optional<PersistentVolumeClaim> claim = objects.claims().find(pod.namespace(), use.name());
      if (claim.isEmpty()) {
        return PreFilterResult.of(Status.unresolvable("persistentvolumeclaim \"" + use.name() + "\" not found"));
      }
      String volumeName = claim.get().getSpec().getVolumeName();
      if (volumeName == null || volumeName.isEmpty()) {
        String storageClass = claim.get().getSpec().getStorageClassName();
        if (storageClass == null || storageClass.isEmpty()) {
          return PreFilterResult.of(Status.unresolvable("PersistentVolumeClaim had no pv name and storageClass name"));
        }
        var found = objects.storageClasses().find(storageClass);
        if (found.isEmpty()) {
          return PreFilterResult.of(Status.unresolvable("storageclass.storage.k8s.io \"" + storageClass + "\" not found"));
        }
        if (!"WaitForFirstConsumer".equals(found.get().getVolumeBindingMode())) {
          return PreFilterResult.of(Status.unresolvable("PersistentVolume had no name"));
        }
        continue;
      }
      Optional<PersistentVolume> volume = objects.volumes().find(volumeName);
      if (volume.isEmpty()) {
        return PreFilterResult.of(Status.unresolvable("persistentvolume \"" + volumeName + "\" not found"));
      }
      addTopologies(volume.get(), all);
    }
    if (all.isEmpty()) {
      return PreFilterResult.SKIP;
    }
    state.put(this, new Topologies(all));
    return PreFilterResult.ALL_NODES;
  }

  private static void addTopologies(PersistentVolume volume, List<Topology> out) {
    Labels labels = Labels.of(volume.getMetadata().getLabels());
    KEYS.keySet().forEach(key -> labels.find(key).ifPresent(v -> out.add(new Topology(key, Set.of(v.split(SEPARATOR))))));
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    Labels labels = node.node().labels();
    boolean hasTopology = KEYS.keySet().stream().anyMatch(labels::has);
    if (!hasTopology) {
      return Status.SUCCESS;
    }
    for (Topology t : state.get(this, Topologies.class).all) {
      String value = labels.find(t.key).or(() -> labels.find(KEYS.get(t.key))).orElse(null);
      if (value == null || !t.values.contains(value)) {
        return OTHER_ZONE;
      }
    }
    return Status.SUCCESS;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        Registration.of(EventKind.of(Subject.STORAGE_CLASS, Action.ADD)),
        Registration.of(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_LABEL)),
        new Registration(EventKind.of(Subject.PERSISTENT_VOLUME_CLAIM, Action.ADD, Action.UPDATE), (pod, before, after) ->
            ((HasMetadata) after).getMetadata().getNamespace().equals(pod.namespace())
                && PodVolumes.claims(pod).stream().anyMatch(u -> u.name().equals(((HasMetadata) after).getMetadata().getName()))),
        Registration.of(EventKind.of(Subject.PERSISTENT_VOLUME, Action.ADD, Action.UPDATE)));
  }
}
