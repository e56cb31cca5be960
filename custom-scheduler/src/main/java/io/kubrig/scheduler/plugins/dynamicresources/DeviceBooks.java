package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.scheduler.devices.Allocator;
import io.kubrig.scheduler.devices.Selectors;
import io.kubrig.scheduler.devices.SliceCatalog;
import io.kubrig.scheduler.devices.TakenDevices;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.Index;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What all profiles share about devices: the catalog of slices, compiled selectors, and claims whose allocation is decided but not yet
 * written. Used by the scheduling thread only.
 *
 * <p>A claim that is being allocated for one pod must not be allocated for another that shares it: the other waits until the claim says who
 * has it.
 */
public final class DeviceBooks {
  private final Selectors selectors = new Selectors();
  private final Map<String, ResourceClaim> pending = new LinkedHashMap<>();
  private SliceCatalog catalog = SliceCatalog.EMPTY;
  private long catalogRevision = -1;

  boolean isPending(String claimUid) {
    return pending.containsKey(claimUid);
  }

  /** Notes a claim with the allocation it is about to get. */
  void begin(String claimUid, ResourceClaim allocated) {
    pending.put(claimUid, allocated);
  }

  /** The allocation is written, or given up; returns whether it was pending. */
  boolean end(String claimUid) {
    return pending.remove(claimUid) != null;
  }

  /** An allocator for what is free now. */
  Allocator allocator(ClusterObjects objects, Supplier<String> shareIds) {
    Index<ResourceSlice> slices = objects.resourceSlices();
    if (slices.revision() != catalogRevision) {
      catalog = catalog.with(slices.all());
      catalogRevision = slices.revision();
    }
    TakenDevices taken = new TakenDevices();
    objects.resourceClaims().allWithAssumed().forEach(taken::add);
    pending.values().forEach(taken::add);
    Index<DeviceClass> classes = objects.deviceClasses();
    return new Allocator(catalog, taken, classes::find, selectors, shareIds);
  }
}
