package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.Counter;
import io.fabric8.kubernetes.api.model.resource.v1.CounterSet;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceCounterConsumption;
import io.kubrig.scheduler.model.Node;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers the pools that offer devices to a node. Slices of older generations do not count. */
final class Pools {
  private final SliceCatalog catalog;

  private Pools(SliceCatalog catalog) {
    this.catalog = catalog;
  }

  /** The pools, by driver and name; those with binding conditions last. */
  static List<Pool> on(Node node, SliceCatalog catalog) {
    return of(catalog.reachedFrom(node), catalog);
  }

  /** The pools of some slices: those that a node reaches. */
  static List<Pool> of(List<Slice> reached, SliceCatalog catalog) {
    Map<PoolId, List<Slice>> near = new LinkedHashMap<>();
    reached.forEach(slice -> add(near, slice));
    Pools pools = new Pools(catalog);
    List<Pool> out = new ArrayList<>();
    near.forEach((id, slices) -> pools.pool(id, slices).ifPresent(out::add));
    out.sort(Comparator.comparing(Pool::hasBindingConditions).thenComparing(Pool::id));
    return out;
  }

  private static void add(Map<PoolId, List<Slice>> pools, Slice slice) {
    List<Slice> known = pools.get(slice.pool());
    if (known == null || slice.generation() > known.getFirst().generation()) {
      pools.put(slice.pool(), new ArrayList<>(List.of(slice)));
    } else if (slice.generation() == known.getFirst().generation()) {
      known.add(slice);
    }
  }

  /** Empty when the pool is being replaced by a generation that has nothing for the node. */
  private Optional<Pool> pool(PoolId id, List<Slice> near) {
    long generation = near.getFirst().generation();
    long expected = near.getFirst().expectedSlices();
    if (near.size() == expected) {
      return Optional.of(build(id, near, List.of()));
    }
    List<Slice> all = new ArrayList<>();
    for (Slice slice : catalog.of(id)) {
      if (slice.generation() > generation) {
        return Optional.empty();
      }
      if (slice.generation() == generation) {
        all.add(slice);
      }
    }
    if (all.size() != expected) {
      return Optional.of(Pool.incomplete(id));
    }
    all.removeAll(near);
    return Optional.of(build(id, near, all));
  }

  private static Pool build(PoolId id, List<Slice> near, List<Slice> elsewhere) {
    near.sort(Comparator.comparing(Slice::name));
    List<Slice> withDevices = near.stream().filter(s -> !s.hasCounters()).toList();
    Map<String, Map<String, Counter>> counters = new HashMap<>();
    boolean valid = haveUniqueNames(withDevices) && gather(near, counters) && consumeKnownCounters(near, counters)
        && consumeKnownCounters(elsewhere, counters);
    return valid ? new Pool(id, Pool.Condition.USABLE, withDevices, elsewhere, counters) : Pool.invalid(id);
  }

  private static boolean haveUniqueNames(List<Slice> slices) {
    Set<String> names = new HashSet<>();
    return slices.stream().flatMap(s -> s.devices().stream()).allMatch(d -> names.add(d.id().name()));
  }

  /** Returns false when two counter sets have the same name. */
  private static boolean gather(List<Slice> slices, Map<String, Map<String, Counter>> counters) {
    for (Slice slice : slices) {
      for (CounterSet set : slice.spec().getSharedCounters()) {
        if (counters.put(set.getName(), set.getCounters()) != null) {
          return false;
        }
      }
    }
    return true;
  }

  private static boolean consumeKnownCounters(List<Slice> slices, Map<String, Map<String, Counter>> counters) {
    for (Slice slice : slices) {
      for (OfferedDevice device : slice.devices()) {
        for (DeviceCounterConsumption c : device.device().getConsumesCounters()) {
          Map<String, Counter> set = counters.get(c.getCounterSet());
          if (set == null || !set.keySet().containsAll(c.getCounters().keySet())) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
