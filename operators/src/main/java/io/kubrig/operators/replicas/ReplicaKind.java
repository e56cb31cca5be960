package io.kubrig.operators.replicas;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.kubrig.operators.ownership.Selector;

/** How a kind of replica owner is read and written. */
public interface ReplicaKind<T extends HasMetadata> {
  /** The kind's class. */
  Class<T> type();

  /** The spec's number of pods. */
  int replicas(T owner);

  /** How long a pod must be ready to count as available. */
  int minReadySeconds(T owner);

  /** Which pods are its own. @throws IllegalArgumentException the selector makes no sense */
  Selector selector(T owner);

  /** What pods are made from; may be null. */
  PodTemplateSpec template(T owner);

  /** Whether the kind's status has a number of terminating pods. */
  default boolean countsTerminating() {
    return true;
  }

  /** The status as it is. */
  ReplicaStatus status(T owner);

  /** A copy with another status. */
  T withStatus(T owner, ReplicaStatus status);
}
