package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.Service;
import java.util.List;

/** What a cloud, or a rack, does for services of the type LoadBalancer. All methods may be called again with the same service. */
interface LoadBalancers {
  /**
   * Makes sure that a service can be reached from outside.
   *
   * @return the addresses at which it can be, first family first
   * @throws LoadBalancerException it cannot be provided now; the message says why
   */
  List<String> ensure(Service service);

  /** Gives back what a service had; nothing to do when it had nothing. */
  void release(Service service);
}
