package io.kubrig.operators.cloud;

import io.fabric8.kubernetes.api.model.NodeAddress;
import java.util.List;

/**
 * A way to the pods of a node.
 *
 * @param name what the provider calls it; empty for one that is to be made
 * @param node the node that it leads to; empty when unknown
 * @param addresses the node's
 * @param destination the prefix of the pods' addresses
 * @param blackhole whether it leads nowhere; such a route is taken away
 */
public record Route(String name, String node, List<NodeAddress> addresses, String destination, boolean blackhole) {
  public Route {
    addresses = List.copyOf(addresses);
  }

  /** A route to be made. */
  public static Route to(String node, List<NodeAddress> addresses, String destination) {
    return new Route("", node, addresses, destination, false);
  }
}
