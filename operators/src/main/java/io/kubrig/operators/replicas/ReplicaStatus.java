package io.kubrig.operators.replicas;

import java.util.List;
import java.util.Optional;

/**
 * The counts of a replica owner.
 *
 * @param terminating pods that still end; null where the kind does not say
 */
public record ReplicaStatus(
    int replicas, int fullyLabeled, int ready, int available, Integer terminating, long observedGeneration, List<Condition> conditions) {
  /** The only condition type there is. */
  public static final String FAILURE = "ReplicaFailure";

  public ReplicaStatus {
    conditions = List.copyOf(conditions);
  }

  /** One condition. */
  public record Condition(String type, String status, String reason, String message, String since) {}

  /** The condition that says why pods could not be made or deleted. */
  public Optional<Condition> failure() {
    return conditions.stream().filter(c -> FAILURE.equals(c.type())).findFirst();
  }
}
