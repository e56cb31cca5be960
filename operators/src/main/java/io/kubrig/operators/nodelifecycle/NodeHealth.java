package io.kubrig.operators.nodelifecycle;

import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;

/**
 * What is remembered of a node between two looks.
 *
 * @param ready its Ready condition at the last look; null when it had none
 * @param renewed when its lease was renewed, as the lease says; null without a lease
 * @param heard when it was last heard of, by our clock
 */
record NodeHealth(NodeCondition ready, ZonedDateTime renewed, Instant heard) {

  /** The memory after another look. @param created when the node was created: a node that never spoke was last heard of then */
  static NodeHealth next(NodeHealth last, Optional<NodeCondition> ready, Optional<Lease> lease, Instant created, Instant now) {
    ZonedDateTime renewed = lease.flatMap(l -> Optional.ofNullable(l.getSpec())).map(spec -> spec.getRenewTime()).orElse(null);
    NodeCondition condition = ready.orElse(null);
    Instant heard;
    if (last == null) {
      heard = condition == null ? created : now;
    } else if (changed(last.ready(), condition)) {
      heard = now;
    } else {
      heard = last.heard();
    }
    boolean alive = renewed != null && (last == null || last.renewed() == null || last.renewed().isBefore(renewed));
    return new NodeHealth(condition, renewed == null && last != null ? last.renewed() : renewed, alive ? now : heard);
  }

  private static boolean changed(NodeCondition before, NodeCondition after) {
    if (before == null || after == null) {
      return before != after;
    }
    return !Objects.equals(before.getLastHeartbeatTime(), after.getLastHeartbeatTime());
  }

  /** After the conditions were written by ourselves: no sign of life. */
  NodeHealth written(NodeCondition fresh) {
    return new NodeHealth(fresh, renewed, heard);
  }

  /** As if just heard of. */
  NodeHealth heardNow(Instant now) {
    return new NodeHealth(ready, renewed, now);
  }
}
