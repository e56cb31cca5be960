package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.scheduler.model.Amounts;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The devices that claims have, and how much of shared ones. Devices used by administrators only are not taken. */
public final class TakenDevices {
  private final Set<DeviceId> whole = new HashSet<>();
  private final Set<DeviceId> shared = new HashSet<>();
  private final Map<DeviceId, Map<String, BigDecimal>> consumed = new HashMap<>();

  /** Counts what a claim has, if anything. */
  public void add(ResourceClaim claim) {
    if (claim.getStatus() == null || claim.getStatus().getAllocation() == null || claim.getStatus().getAllocation().getDevices() == null) {
      return;
    }
    for (DeviceRequestAllocationResult r : claim.getStatus().getAllocation().getDevices().getResults()) {
      if (Boolean.TRUE.equals(r.getAdminAccess())) {
        continue;
      }
      DeviceId id = new DeviceId(r.getDriver(), r.getPool(), r.getDevice());
      if (r.getShareID() == null) {
        whole.add(id);
      } else {
        shared.add(id);
        if (r.getConsumedCapacity() != null && !r.getConsumedCapacity().isEmpty()) {
          Map<String, BigDecimal> sum = consumed.computeIfAbsent(id, i -> new HashMap<>());
          r.getConsumedCapacity().forEach((name, q) -> sum.merge(name, Amounts.exact(q), BigDecimal::add));
        }
      }
    }
  }

  /** Whether one claim has the whole device. */
  boolean hasWhole(DeviceId device) {
    return whole.contains(device);
  }

  /** Whether any claim uses the device. */
  boolean has(DeviceId device) {
    return whole.contains(device) || shared.contains(device);
  }

  /** Whether claims have taken some of its capacity. */
  boolean isConsumed(DeviceId device) {
    return consumed.containsKey(device);
  }

  /** How much of a capacity is taken. */
  BigDecimal consumed(DeviceId device, String capacity) {
    return consumed.getOrDefault(device, Map.of()).getOrDefault(capacity, BigDecimal.ZERO);
  }
}
