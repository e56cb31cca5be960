package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.Counter;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCounterConsumption;
import io.kubrig.scheduler.model.Amounts;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is left of the counters that the devices of a pool share. */
final class Counters {
  private record Name(String set, String counter) {}

  private final Map<PoolId, Map<Name, BigDecimal>> left = new HashMap<>();
  private final TakenDevices taken;

  Counters(TakenDevices taken) {
    this.taken = taken;
  }

  /** Takes what a device consumes; returns whether there is so much left, and takes nothing if not. */
  boolean take(Pool pool, OfferedDevice device) {
    Map<Name, BigDecimal> rest = left.computeIfAbsent(pool.id(), id -> unused(pool));
    consume(rest, device, -1);
    if (rest.values().stream().anyMatch(v -> v.signum() < 0)) {
      consume(rest, device, 1);
      return false;
    }
    return true;
  }

  /** Gives back what a device took. */
  void giveBack(Pool pool, OfferedDevice device) {
    consume(left.get(pool.id()), device, 1);
  }

  private Map<Name, BigDecimal> unused(Pool pool) {
    Map<Name, BigDecimal> rest = new HashMap<>();
    pool.counters().forEach((set, counters) -> counters.forEach((name, c) -> rest.put(new Name(set, name), value(c))));
    for (var slices : List.of(pool.slices(), pool.elsewhere())) {
      for (Slice slice : slices) {
        slice.devices().stream().filter(d -> taken.has(d.id())).forEach(d -> consume(rest, d, -1));
      }
    }
    return rest;
  }

  private static void consume(Map<Name, BigDecimal> rest, OfferedDevice device, int sign) {
    for (DeviceCounterConsumption c : device.device().getConsumesCounters()) {
      c.getCounters().forEach((name, amount) -> rest.computeIfPresent(new Name(c.getCounterSet(), name),
          (n, v) -> sign < 0 ? v.subtract(value(amount)) : v.add(value(amount))));
    }
  }

  private static BigDecimal value(Counter counter) {
    return Amounts.exact(counter.getValue());
  }
}
