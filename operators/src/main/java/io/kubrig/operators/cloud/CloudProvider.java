package io.kubrig.operators.cloud;

import java.util.Optional;

/** What a place offers to the cluster whose machines stand there, in sections. A controller whose section is missing does nothing. */
public interface CloudProvider {

  /** The provider's name, as {@code --cloud-provider} has it. */
  String name();

  /** Load balancers for services. */
  default Optional<LoadBalancers> loadBalancers() {
    return Optional.empty();
  }

  /** The machines behind nodes. */
  default Optional<Instances> instances() {
    return Optional.empty();
  }

  /** Routes to the pods of nodes. */
  default Optional<Routes> routes() {
    return Optional.empty();
  }

  /** Whether the provider can tell this cluster's things from another's; one that cannot is not used. */
  default boolean hasClusterId() {
    return true;
  }
}
