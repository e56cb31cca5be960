package io.kubrig.scheduler.plugins.dynamicresources;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.kubrig.scheduler.devices.Allocator;
import io.kubrig.scheduler.devices.KnownOutcomes;
import io.kubrig.scheduler.devices.Selectors;
import io.kubrig.scheduler.devices.SliceCatalog;
import io.kubrig.scheduler.devices.TakenDevices;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.state.ClusterObjects;
import io.kubrig.scheduler.state.ClusterState;
import io.kubrig.scheduler.state.Index;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;

/**
 * What all profiles share about the devices of one cluster: the catalog of slices, compiled selectors, who has which device, and claims
 * whose allocation is decided but not yet written. Used by the scheduling thread only.
 *
 * <p>A claim that is being allocated for one pod must not be allocated for another that shares it: the other waits until the claim says who
 * has it.
 */
public final class DeviceBooks {
  private final ClusterObjects objects;
  private final Selectors selectors = new Selectors();
  private final Map<String, ResourceClaim> pending = new LinkedHashMap<>();
  private final TakenDevices taken = new TakenDevices();
  private final KnownOutcomes known = new KnownOutcomes();
  private final Map<String, Set<String>> extendedByPod = new LinkedHashMap<>();
  private SliceCatalog catalog = SliceCatalog.EMPTY;
  private long catalogRevision = -1;

  private DeviceBooks(ClusterObjects objects) {
    this.objects = objects;
    objects.resourceClaims().follow(this::changed);
  }

  /** The books of clusters: each has its own, which are there as long as it is. Any thread may ask. */
  public static final class Shelf {
    private final Map<ClusterState, DeviceBooks> books = Collections.synchronizedMap(new WeakHashMap<>());

    /** The books of a cluster. */
    public DeviceBooks of(ClusterState cluster) {
      return books.computeIfAbsent(cluster, c -> new DeviceBooks(c.objects()));
    }
  }

  private void changed(ResourceClaim before, ResourceClaim after) {
    if (before != null) {
      taken.remove(before);
      ExtendedClaim.user(before).ifPresent(uid -> extendedByPod.computeIfPresent(uid, (u, claims) -> {
        claims.remove(Index.key(before));
        return claims.isEmpty() ? null : claims;
      }));
    }
    if (after != null) {
      taken.add(after);
      ExtendedClaim.user(after).ifPresent(uid -> extendedByPod.computeIfAbsent(uid, u -> new LinkedHashSet<>()).add(Index.key(after)));
    }
  }

  boolean isPending(String claimUid) {
    return pending.containsKey(claimUid);
  }

  /** Notes a claim with the allocation it is about to get. */
  void begin(String claimUid, ResourceClaim allocated) {
    end(claimUid);
    pending.put(claimUid, allocated);
    taken.add(allocated);
  }

  /** The allocation is written, or given up; returns whether it was pending. */
  boolean end(String claimUid) {
    ResourceClaim claim = pending.remove(claimUid);
    if (claim != null) {
      taken.remove(claim);
    }
    return claim != null;
  }

  /** The claim for extended resources that an earlier attempt has written for a pod. */
  Optional<ResourceClaim> extendedOf(Pod pod) {
    for (String key : extendedByPod.getOrDefault(pod.uid(), Set.of())) {
      Optional<ResourceClaim> claim = objects.resourceClaims().find(key);
      if (claim.isPresent() && pod.namespace().equals(claim.get().getMetadata().getNamespace())) {
        return claim;
      }
    }
    return Optional.empty();
  }

  /** An allocator for what is free now. */
  Allocator allocator(Supplier<String> shareIds) {
    Index<ResourceSlice> slices = objects.resourceSlices();
    if (slices.revision() != catalogRevision) {
      catalog = catalog.with(slices.all());
      catalogRevision = slices.revision();
    }
    Index<DeviceClass> classes = objects.deviceClasses();
    known.renew(catalog, classes.revision());
    return new Allocator(catalog, taken, classes::find, selectors, shareIds, known);
  }
}
