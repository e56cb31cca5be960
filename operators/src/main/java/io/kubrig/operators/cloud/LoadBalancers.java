package io.kubrig.operators.cloud;

import io.fabric8.kubernetes.api.model.LoadBalancerStatus;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import java.util.List;
import java.util.Optional;

/**
 * Ways into the cluster from outside, one for each service of the type LoadBalancer. All methods may be called again with the same
 * arguments, and for different services at once; services and nodes must not be changed.
 *
 * <p>Errors: {@link CloudException}, whose message goes into an event of the service. {@link CloudException#elsewhere} from {@link #ensure}
 * and {@link #update} says that another controller does the work.
 */
public interface LoadBalancers {

  /** What a service's balancer says, if there is (any part of) one. */
  Optional<LoadBalancerStatus> find(String cluster, Service service);

  /** Makes the balancer of a service, or makes it as the service wants it; answers where it can be reached. */
  LoadBalancerStatus ensure(String cluster, Service service, List<Node> nodes);

  /** Makes a balancer that is there send to these nodes. */
  void update(String cluster, Service service, List<Node> nodes);

  /** Takes a service's balancer away with all its parts; nothing to do when there is none. */
  void delete(String cluster, Service service);
}
