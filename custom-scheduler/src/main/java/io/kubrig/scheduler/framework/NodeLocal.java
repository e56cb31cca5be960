package io.kubrig.scheduler.framework;

import io.kubrig.scheduler.model.Pod;

/**
 * A Filter or Score plugin whose answer about a node depends, for most pods, on nothing but {@link Pod#spec()} and that one node with its
 * pods. Such an answer is remembered for all pods of the same spec until the node changes.
 *
 * <p>Shape: what {@code filter} and {@code score} read from the cycle state must itself follow from the spec alone. Pods' names, labels and
 * namespaces, the volumes and the claims of devices that the spec names, other nodes and other objects must not matter.
 */
public interface NodeLocal extends Plugin {
  /** Whether this is so for a pod; the answer must itself follow from the spec alone. */
  default boolean isLocal(Pod pod) {
    return true;
  }
}
