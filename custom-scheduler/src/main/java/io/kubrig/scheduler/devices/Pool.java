package io.kubrig.scheduler.devices;

import io.fabric8.kubernetes.api.model.resource.v1.Counter;
import java.util.List;
import java.util.Map;

/**
 * A pool as seen from a node.
 *
 * @param condition whether devices of it can be given
 * @param slices those with devices that may be reached from the node, by name
 * @param elsewhere the others
 * @param counters by counter set and name
 */
record Pool(PoolId id, Condition condition, List<Slice> slices, List<Slice> elsewhere, Map<String, Map<String, Counter>> counters) {

  /** Whether devices can be given. */
  enum Condition {
    USABLE,
    /** The driver has not yet published every slice. */
    INCOMPLETE,
    /** Slices contradict each other. */
    INVALID
  }

  static Pool incomplete(PoolId id) {
    return new Pool(id, Condition.INCOMPLETE, List.of(), List.of(), Map.of());
  }

  static Pool invalid(PoolId id) {
    return new Pool(id, Condition.INVALID, List.of(), List.of(), Map.of());
  }

  boolean isUsable() {
    return condition == Condition.USABLE;
  }

  /** Whether some device must be prepared before the pod is bound; such pools come last. */
  boolean hasBindingConditions() {
    return slices.stream().flatMap(s -> s.devices().stream()).anyMatch(d -> !d.device().getBindingConditions().isEmpty());
  }
}
