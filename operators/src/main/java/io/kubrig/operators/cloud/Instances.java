package io.kubrig.operators.cloud;

import io.fabric8.kubernetes.api.model.Node;
import java.util.Optional;

/**
 * The machines behind nodes. A machine is found by the node's {@code spec.providerID}, and by its name or labels while that is empty.
 *
 * <p>Errors: {@link CloudException} when nothing can be said now; nothing is done to the node then.
 */
public interface Instances {

  /** Whether the machine is still there, running or not. The node of one that is not is deleted. */
  boolean exists(Node node);

  /** Whether the machine is there and switched off. */
  boolean isShutDown(Node node);

  /** What is known of the machine; empty when the node is to be left as it is for now. @throws CloudException also when there is none */
  Optional<InstanceMetadata> metadata(Node node);
}
