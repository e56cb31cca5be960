package io.kubrig.scheduler.plain;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSINodeDriver;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
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
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Volume limits of nodes, counted anew for each pod and node. */
public final class PlainNodeVolumeLimits implements PreFilterPlugin, FilterPlugin, EnqueueExtensions {
  private static final Status TOO_MANY = Status.unschedulable("node(s) exceed max volume count");

  private final ClusterState cluster;

  public PlainNodeVolumeLimits(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "NodeVolumeLimits";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    boolean any = pod.spec().footprint().volumes().stream().anyMatch(v -> PodVolumes.claim(pod, v).isPresent());
    return any ? PreFilterResult.ALL_NODES : PreFilterResult.SKIP;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    ClusterObjects objects = cluster.objects();
    Map<String, String> wanted = attached(pod);
    Optional<CSINode> csi = objects.csiNodes().find(node.name());
    if (wanted.isEmpty() || csi.isEmpty()) {
      return Status.SUCCESS;
    }
    Map<String, Integer> limits = limits(csi.get());
    Map<String, String> there = new HashMap<>();
    node.pods().forEach(p -> there.putAll(attached(p)));
    attachments(node.name()).forEach(there::putIfAbsent);
    Map<String, Integer> counts = new HashMap<>();
    there.values().forEach(driver -> counts.merge(driver, 1, Integer::sum));
    Map<String, Integer> more = new HashMap<>();
    wanted.forEach((volume, driver) -> {
      if (!there.containsKey(volume)) {
        more.merge(driver, 1, Integer::sum);
      }
    });
    for (Map.Entry<String, Integer> m : more.entrySet()) {
      Integer limit = limits.get(m.getKey());
      if (limit != null && counts.getOrDefault(m.getKey(), 0) + m.getValue() > limit) {
        return TOO_MANY;
      }
    }
    return Status.SUCCESS;
  }

  private static Map<String, Integer> limits(CSINode node) {
    Map<String, Integer> out = new HashMap<>();
    for (CSINodeDriver d : node.getSpec().getDrivers()) {
      if (d.getAllocatable() != null && d.getAllocatable().getCount() != null) {
        out.put(d.getName(), d.getAllocatable().getCount());
      }
    }
    return out;
  }

  /** The driver by unique name of each CSI volume a pod attaches. */
  private Map<String, String> attached(Pod pod) {
    Map<String, String> out = new HashMap<>();
    for (Volume v : pod.spec().footprint().volumes()) {
      PodVolumes.claim(pod, v).flatMap(use -> cluster.objects().claims().find(pod.namespace(), use.name()))
          .ifPresent(claim -> addClaim(claim, out));
    }
    return out;
  }

  private void addClaim(PersistentVolumeClaim claim, Map<String, String> out) {
    String name = claim.getSpec().getVolumeName();
    Optional<PersistentVolume> volume = name == null || name.isEmpty() ? Optional.empty() : cluster.objects().volumes().find(name);
    if (volume.isPresent()) {
      var csi = volume.get().getSpec().getCsi();
      if (csi != null) {
        out.put(csi.getDriver() + "/" + csi.getVolumeHandle(), csi.getDriver());
      }
    } else if (claim.getSpec().getStorageClassName() != null) {
      // not provisioned yet: counted under a name of its own
      cluster.objects().storageClasses().find(claim.getSpec().getStorageClassName()).ifPresent(sc ->
          out.put(sc.getProvisioner() + "/" + claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName(),
              sc.getProvisioner()));
    }
  }

  /** What is attached to a node besides its pods' volumes, because it is being attached or detached. */
  private Map<String, String> attachments(String node) {
    Map<String, String> out = new HashMap<>();
    for (VolumeAttachment a : cluster.objects().attachments().all()) {
      String volume = a.getSpec().getSource() == null ? null : a.getSpec().getSource().getPersistentVolumeName();
      if (node.equals(a.getSpec().getNodeName()) && volume != null) {
        cluster.objects().volumes().find(volume).map(v -> v.getSpec().getCsi())
            .ifPresent(csi -> out.put(csi.getDriver() + "/" + csi.getVolumeHandle(), csi.getDriver()));
      }
    }
    return out;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        Registration.of(EventKind.of(Subject.CSI_NODE, Action.ADD, Action.UPDATE)),
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE),
            (pod, before, after) -> !((Pod) before).spec().footprint().volumes().isEmpty()),
        Registration.of(EventKind.of(Subject.PERSISTENT_VOLUME_CLAIM, Action.ADD)),
        Registration.of(EventKind.of(Subject.PERSISTENT_VOLUME, Action.ADD, Action.UPDATE)),
        Registration.of(EventKind.of(Subject.VOLUME_ATTACHMENT, Action.DELETE)));
  }
}
