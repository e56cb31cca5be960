package io.kubrig.scheduler.plugins.nodevolumelimits;

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
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Index;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Admits the nodes that can attach the pod's CSI volumes beside those they have. */
public final class NodeVolumeLimits implements PreFilterPlugin, FilterPlugin, EnqueueExtensions {
  private static final Status TOO_MANY = Status.unschedulable("node(s) exceed max volume count");

  private final ClusterState cluster;
  /** Names of volumes by node. */
  private final Map<String, List<String>> attachments = new HashMap<>();
  private long attachmentsRevision = -1;
  /** The least that any node can attach, by driver. */
  private final Map<String, Integer> leastLimits = new HashMap<>();
  private long limitsRevision = -1;

  /** What a pod needs to have attached: the driver by unique name of each volume, and how many of each driver. */
  private record Wanted(Map<String, String> volumes, Map<String, Integer> byDriver) implements CycleState.Data {}

  public NodeVolumeLimits(ClusterState cluster) {
    this.cluster = cluster;
  }

  @Override
  public String name() {
    return "NodeVolumeLimits";
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    boolean any = pod.spec().footprint().volumes().stream().anyMatch(v -> PodVolumes.claim(pod, v).isPresent());
    if (!any) {
      return PreFilterResult.SKIP;
    }
    Map<String, String> wanted = attached(pod);
    Map<String, Integer> byDriver = new HashMap<>();
    wanted.values().forEach(driver -> byDriver.merge(driver, 1, Integer::sum));
    state.put(this, new Wanted(wanted, byDriver));
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    Wanted wanted = state.get(this, Wanted.class);
    if (fitsEverywhere(wanted, node)) {
      return Status.SUCCESS;
    }
    Optional<CSINode> csi = wanted.volumes.isEmpty() ? Optional.empty() : cluster.objects().csiNodes().find(node.name());
    return csi.isEmpty() || fitsInAnyCase(wanted, csi.get(), node) || fits(wanted.volumes, csi.get(), node) ? Status.SUCCESS : TOO_MANY;
  }

  /** Whether there would be room even on the node that can attach least, with every claim of this node's pods a volume of its own. */
  private boolean fitsEverywhere(Wanted wanted, NodeInfo node) {
    Index<CSINode> all = cluster.objects().csiNodes();
    if (all.revision() != limitsRevision) {
      leastLimits.clear();
      all.all().forEach(n -> limits(n).forEach((driver, limit) -> leastLimits.merge(driver, limit, Math::min)));
      limitsRevision = all.revision();
    }
    int most = node.claimUses() + (hasAttachments() ? attachmentsOf(node.name()).size() : 0);
    for (Map.Entry<String, Integer> more : wanted.byDriver.entrySet()) {
      if ((long) most + more.getValue() > leastLimits.getOrDefault(more.getKey(), Integer.MAX_VALUE)) {
        return false;
      }
    }
    return true;
  }

  private boolean hasAttachments() {
    return !cluster.objects().attachments().all().isEmpty();
  }

  /** Whether there is room even if every claim of the node's pods were a volume of its own and of every driver wanted. */
  private boolean fitsInAnyCase(Wanted wanted, CSINode csi, NodeInfo node) {
    int most = node.claimUses() + attachmentsOf(node.name()).size();
    for (CSINodeDriver d : csi.getSpec().getDrivers()) {
      Integer more = wanted.byDriver.get(d.getName());
      if (more != null && d.getAllocatable() != null && d.getAllocatable().getCount() != null
          && most + more > d.getAllocatable().getCount()) {
        return false;
      }
    }
    return true;
  }

  private boolean fits(Map<String, String> wanted, CSINode csi, NodeInfo node) {
    Map<String, Integer> limits = limits(csi);
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
        return false;
      }
    }
    return true;
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
    for (String volume : attachmentsOf(node)) {
      cluster.objects().volumes().find(volume).map(v -> v.getSpec().getCsi())
          .ifPresent(csi -> out.put(csi.getDriver() + "/" + csi.getVolumeHandle(), csi.getDriver()));
    }
    return out;
  }

  private List<String> attachmentsOf(String node) {
    Index<VolumeAttachment> all = cluster.objects().attachments();
    if (all.revision() != attachmentsRevision) {
      attachments.clear();
      for (VolumeAttachment a : all.all()) {
        String volume = a.getSpec().getSource() == null ? null : a.getSpec().getSource().getPersistentVolumeName();
        if (volume != null) {
          attachments.computeIfAbsent(a.getSpec().getNodeName(), n -> new ArrayList<>()).add(volume);
        }
      }
      attachmentsRevision = all.revision();
    }
    return attachments.getOrDefault(node, List.of());
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
