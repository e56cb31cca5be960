package io.kubrig.scheduler.plugins.noderesources;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.kubrig.scheduler.config.ConfigNode;
import io.kubrig.scheduler.config.ExtenderConfiguration;
import io.kubrig.scheduler.framework.Code;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.EnqueueExtensions;
import io.kubrig.scheduler.framework.EventKind;
import io.kubrig.scheduler.framework.EventKind.Action;
import io.kubrig.scheduler.framework.EventKind.Subject;
import io.kubrig.scheduler.framework.FilterPlugin;
import io.kubrig.scheduler.framework.NodeLocal;
import io.kubrig.scheduler.framework.PreFilterPlugin;
import io.kubrig.scheduler.framework.PreFilterResult;
import io.kubrig.scheduler.framework.ScorePlugin;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.ResourceVector;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.NodeInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Admits the nodes that have room for what a pod reserves, and scores them by how full they would be. */
public final class NodeResourcesFit implements PreFilterPlugin, FilterPlugin, ScorePlugin, EnqueueExtensions, NodeLocal {
  private static final String TOO_MANY_PODS = "Too many pods";

  private final Set<String> ignored;
  private final Set<String> ignoredGroups;
  private final AllocationScore score;
  private final ClusterObjects objects;

  /** With the extenders of the configuration: resources that they manage alone take the place of the ignored ones of the arguments. */
  public NodeResourcesFit(ConfigNode args, List<ExtenderConfiguration> extenders, ClusterObjects objects) {
    this.objects = objects;
    FitArgs read = FitArgs.read(args);
    Set<String> all = new HashSet<>();
    extenders.forEach(e -> e.managed().forEach((name, byScheduler) -> {
      if (byScheduler) {
        all.add(name);
      }
    }));
    this.ignored = all.isEmpty() ? read.ignoredResources() : Set.copyOf(all);
    this.ignoredGroups = read.ignoredGroups();
    this.score = new AllocationScore(read);
  }

  @Override
  public String name() {
    return "NodeResourcesFit";
  }

  /** Not for pods that ask for extended resources: device classes may stand for those, and come and go. */
  @Override
  public boolean isLocal(Pod pod) {
    ResourceVector wanted = pod.spec().requests().total();
    for (int i = ResourceVector.FIRST_SCALAR; i < wanted.size(); i++) {
      if (wanted.get(i) != 0 && ResourceVector.name(i).indexOf('/') > 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  public PreFilterResult preFilter(CycleState state, Pod pod, List<NodeInfo> nodes) {
    return PreFilterResult.ALL_NODES;
  }

  @Override
  public Status filter(CycleState state, Pod pod, NodeInfo node) {
    ResourceVector wanted = pod.spec().requests().total();
    ResourceVector allocatable = node.allocatable();
    ResourceVector requested = node.requested();
    boolean podsFit = node.pods().size() + 1 <= node.node().allowedPods();
    boolean fits = podsFit;
    for (int i = 0; fits && i < wanted.size(); i++) {
      long w = wanted.get(i);
      fits = w == 0 || w <= allocatable.get(i) - requested.get(i) || isIgnored(i) || isForDevices(i, node.node());
    }
    return fits ? Status.SUCCESS : missing(wanted, node, podsFit);
  }

  /** Everything that is short on the node. Beyond what the node has at all, removing pods does not help. */
  private Status missing(ResourceVector wanted, NodeInfo node, boolean podsFit) {
    List<String> reasons = new ArrayList<>();
    boolean unresolvable = false;
    if (!podsFit) {
      reasons.add(TOO_MANY_PODS);
    }
    for (int i = 0; i < wanted.size(); i++) {
      long w = wanted.get(i);
      if (w > 0 && w > node.allocatable().get(i) - node.requested().get(i) && !isIgnored(i) && !isForDevices(i, node.node())) {
        reasons.add("Insufficient " + ResourceVector.name(i));
        unresolvable |= w > node.allocatable().get(i);
      }
    }
    return new Status(unresolvable ? Code.UNRESOLVABLE : Code.UNSCHEDULABLE, reasons, "");
  }

  /** Whether a device class stands for an extended resource that the node does not have: DynamicResources decides then. */
  private boolean isForDevices(int resource, Node node) {
    return resource >= ResourceVector.FIRST_SCALAR && node.allocatable().get(resource) == 0
        && objects.deviceClassOf(ResourceVector.name(resource)).isPresent();
  }

  private boolean isIgnored(int resource) {
    if (resource < ResourceVector.FIRST_SCALAR || ignored.isEmpty() && ignoredGroups.isEmpty()) {
      return false;
    }
    String name = ResourceVector.name(resource);
    int slash = name.indexOf('/');
    return ignored.contains(name) || slash > 0 && ignoredGroups.contains(name.substring(0, slash));
  }

  @Override
  public long score(CycleState state, Pod pod, NodeInfo node) {
    return score.score(pod, node);
  }

  /** Whether a pod would fit an empty node. */
  private boolean fitsEmpty(Pod pod, Node node) {
    ResourceVector wanted = pod.spec().requests().total();
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i) > node.allocatable().get(i) && !isIgnored(i) && !isForDevices(i, node)) {
        return false;
      }
    }
    return node.allowedPods() > 0;
  }

  private boolean grew(Pod pod, Node before, Node after) {
    ResourceVector wanted = pod.spec().requests().total();
    if (after.allowedPods() > before.allowedPods()) {
      return true;
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i) > 0 && after.allocatable().get(i) > before.allocatable().get(i)) {
        return true;
      }
    }
    return false;
  }

  private static boolean gaveUpSomething(Pod pod, Pod before, Pod after) {
    ResourceVector wanted = pod.spec().requests().total();
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i) > 0 && after.spec().requests().total().get(i) < before.spec().requests().total().get(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a device class begins to stand for an extended resource that the pod wants. */
  private static boolean standsFor(Pod pod, DeviceClass before, DeviceClass after) {
    String name = after.getSpec().getExtendedResourceName();
    if (before == null && wants(pod, ClusterObjects.IMPLICIT_RESOURCE + after.getMetadata().getName())) {
      return true;
    }
    return name != null && (before == null || !name.equals(before.getSpec().getExtendedResourceName())) && wants(pod, name);
  }

  private static boolean wants(Pod pod, String resource) {
    return pod.spec().requests().total().get(ResourceVector.index(resource)) > 0;
  }

  @Override
  public List<Registration> events() {
    return List.of(
        Registration.of(EventKind.of(Subject.ASSIGNED_POD, Action.DELETE)),
        new Registration(EventKind.of(Subject.DEVICE_CLASS, Action.ADD, Action.UPDATE),
            (pod, before, after) -> standsFor(pod, (DeviceClass) before, (DeviceClass) after)),
        new Registration(EventKind.of(Subject.ASSIGNED_POD, Action.UPDATE_POD_SCALE_DOWN),
            (pod, before, after) -> gaveUpSomething(pod, (Pod) before, (Pod) after)),
        new Registration(EventKind.of(Subject.UNSCHEDULED_POD, Action.UPDATE_POD_SCALE_DOWN),
            (pod, before, after) -> ((Pod) after).uid().equals(pod.uid())),
        new Registration(EventKind.of(Subject.NODE, Action.ADD, Action.UPDATE_NODE_ALLOCATABLE),
            (pod, before, after) -> fitsEmpty(pod, (Node) after) && (before == null || grew(pod, (Node) before, (Node) after))));
  }
}
