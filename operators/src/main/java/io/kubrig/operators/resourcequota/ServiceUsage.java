package io.kubrig.operators.resourcequota;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What one service takes of a quota. */
final class ServiceUsage {
  private static final Set<String> NAMES = Set.of("services", "count/services", "services.nodeports", "services.loadbalancers");

  private ServiceUsage() {}

  static boolean covers(String name) {
    return NAMES.contains(name);
  }

  static Map<String, Quantity> of(Service service) {
    if (service.getSpec() == null) {
      return Map.of("services", Usage.one(), "count/services", Usage.one());
    }
    List<ServicePort> ports = Objects.orEmpty(service.getSpec().getPorts());
    String type = String.valueOf(service.getSpec().getType());
    boolean balanced = type.equals("LoadBalancer");
    boolean allocates = !Boolean.FALSE.equals(service.getSpec().getAllocateLoadBalancerNodePorts());
    long nodePorts = type.equals("NodePort") || balanced && allocates ? ports.size()
        : balanced ? ports.stream().filter(port -> port.getNodePort() != null && port.getNodePort() != 0).count() : 0;
    return Map.of("services", Usage.one(), "count/services", Usage.one(), "services.nodeports", Quantity.of(nodePorts),
        "services.loadbalancers", Quantity.of(balanced ? 1 : 0));
  }
}
