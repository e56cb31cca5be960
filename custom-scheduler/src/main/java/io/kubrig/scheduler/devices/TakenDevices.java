package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.DeviceRequestAllocationResult;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.kubrig.scheduler.model.Amounts;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;

/**
 * The devices that claims have, and how much of shared ones. Devices used by administrators only are not taken. It follows the claims:
 * each is added when it gets devices and removed when it loses them.
 */
public final class TakenDevices {
  /** How often a device is used; several claims may say that they have one. */
  private static final class Use {
    private int whole;
    private int shared;
    private int consuming;
    private final Map<String, BigDecimal> consumed = new HashMap<>(2);

    private boolean isNone() {
      return whole == 0 && shared == 0;
    }
  }

  private final Map<DeviceId, Use> uses = new HashMap<>();
  private final Map<PoolId, Changes> changes = new HashMap<>();
  private long allChanges;

  /** How often what is taken of a pool's devices has changed; the same one for a pool all the time. */
  static final class Changes {
    private long count;

    long count() {
      return count;
    }
  }

  /** Counts what a claim has, if anything. */
  public void add(ResourceClaim claim) {
    count(claim, 1);
  }

  /** Takes back what {@link #add} did for a claim of the same allocation. */
  public void remove(ResourceClaim claim) {
    count(claim, -1);
  }

  private void count(ResourceClaim claim, int sign) {
    if (claim.getStatus() == null || claim.getStatus().getAllocation() == null || claim.getStatus().getAllocation().getDevices() == null) {
      return;
    }
    for (DeviceRequestAllocationResult r : claim.getStatus().getAllocation().getDevices().getResults()) {
      if (!Boolean.TRUE.equals(r.getAdminAccess())) {
        DeviceId id = new DeviceId(r.getDriver(), r.getPool(), r.getDevice());
        count(uses.computeIfAbsent(id, i -> new Use()), r, sign);
        if (uses.get(id).isNone()) {
          uses.remove(id);
        }
        changes(new PoolId(r.getDriver(), r.getPool())).count++;
        allChanges++;
      }
    }
  }

  private static void count(Use use, DeviceRequestAllocationResult r, int sign) {
    if (r.getShareID() == null) {
      use.whole += sign;
      return;
    }
    use.shared += sign;
    if (r.getConsumedCapacity() != null && !r.getConsumedCapacity().isEmpty()) {
      use.consuming += sign;
      r.getConsumedCapacity().forEach((name, q) ->
          use.consumed.merge(name, sign > 0 ? Amounts.exact(q) : Amounts.exact(q).negate(), BigDecimal::add));
    }
  }

  /** How often anything has changed. */
  long allChanges() {
    return allChanges;
  }

  Changes changes(PoolId pool) {
    return changes.computeIfAbsent(pool, p -> new Changes());
  }

  /** Whether one claim has the whole device. */
  boolean hasWhole(DeviceId device) {
    Use use = uses.get(device);
    return use != null && use.whole > 0;
  }

  /** Whether any claim uses the device. */
  boolean has(DeviceId device) {
    return uses.containsKey(device);
  }

  /** Whether claims have taken some of its capacity. */
  boolean isConsumed(DeviceId device) {
    Use use = uses.get(device);
    return use != null && use.consuming > 0;
  }

  /** How much of a capacity is taken. */
  BigDecimal consumed(DeviceId device, String capacity) {
    Use use = uses.get(device);
    return use == null ? BigDecimal.ZERO : use.consumed.getOrDefault(capacity, BigDecimal.ZERO);
  }
}
