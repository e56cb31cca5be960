package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.Device;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSliceSpec;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.NodeSelector;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A slice with its devices. Used by one thread at a time. */
final class Slice {
  private final ResourceSlice source;
  private final ResourceSliceSpec spec;
  private final PoolId pool;
  private final List<OfferedDevice> devices;
  private final Map<io.fabric8.kubernetes.api.model.NodeSelector, NodeSelector> selectors = new IdentityHashMap<>(2);

  Slice(ResourceSlice source) {
    this.source = source;
    this.spec = source.getSpec();
    this.pool = new PoolId(spec.getDriver(), spec.getPool().getName());
    this.devices = spec.getDevices().stream().map(d -> new OfferedDevice(d, this)).toList();
  }

  ResourceSlice source() {
    return source;
  }

  String name() {
    return source.getMetadata().getName();
  }

  ResourceSliceSpec spec() {
    return spec;
  }

  PoolId pool() {
    return pool;
  }

  List<OfferedDevice> devices() {
    return devices;
  }

  long generation() {
    return spec.getPool().getGeneration() == null ? 0 : spec.getPool().getGeneration();
  }

  /** How many slices the pool has. */
  long expectedSlices() {
    return spec.getPool().getResourceSliceCount() == null ? 0 : spec.getPool().getResourceSliceCount();
  }

  boolean hasCounters() {
    return !spec.getSharedCounters().isEmpty();
  }

  boolean selectsPerDevice() {
    return Boolean.TRUE.equals(spec.getPerDeviceNodeSelection());
  }

  /** Whether it matters which of the nodes that reach it a device is used from. */
  boolean dependsOnNode() {
    return selectsPerDevice() || named(spec.getNodeName())
        || spec.getDevices().stream().anyMatch(d -> Boolean.TRUE.equals(d.getBindsToNode()));
  }

  /** Whether some of it matters on a node. Counters matter wherever a device of their pool does. */
  boolean isRelevantOn(Node node) {
    if (hasCounters()) {
      return true;
    }
    if (named(spec.getNodeName()) || Boolean.TRUE.equals(spec.getAllNodes()) || spec.getNodeSelector() != null) {
      return reaches(node, spec.getNodeName(), spec.getAllNodes(), spec.getNodeSelector());
    }
    return selectsPerDevice() && spec.getDevices().stream().anyMatch(d -> reaches(d, node));
  }

  /** Whether a device can be used from a node. */
  boolean reaches(Device device, Node node) {
    return reaches(node, device.getNodeName(), device.getAllNodes(), device.getNodeSelector());
  }

  private boolean reaches(Node node, String name, Boolean all, io.fabric8.kubernetes.api.model.NodeSelector selector) {
    if (named(name)) {
      return name.equals(node.name());
    }
    if (Boolean.TRUE.equals(all)) {
      return true;
    }
    return selector != null && selectors.computeIfAbsent(selector, NodeSelector::of).matches(node);
  }

  private static boolean named(String name) {
    return name != null && !name.isEmpty();
  }
}
