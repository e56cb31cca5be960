package io.kubrig.apiserver.admission.quota;

import io.kubrig.apiserver.admission.AdmissionRequest;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Services, those with load balancers, and node ports. */
final class ServiceEvaluator implements Evaluator {
  private static final Set<String> RESOURCES = Set.of("count/services", "services", "services.nodeports", "services.loadbalancers");

  @Override
  public boolean handles(AdmissionRequest request) {
    return (request.creates() || request.updates()) && request.isMain();
  }

  @Override
  public boolean counts(String resource) {
    return RESOURCES.contains(resource);
  }

  @Override
  public Map<String, Quantity> usage(Tree service) {
    Tree spec = service.tree("spec");
    long nodePorts =
        switch (spec.string("type")) {
          case "NodePort" -> spec.list("ports").size();
          case "LoadBalancer" ->
              spec.bool("allocateLoadBalancerNodePorts", true)
                  ? spec.list("ports").size()
                  : spec.trees("ports").stream().filter(port -> port.integer("nodePort") != 0).count();
          default -> 0;
        };
    Map<String, Quantity> usage = new TreeMap<>();
    usage.put("count/services", Quantity.of(1));
    usage.put("services", Quantity.of(1));
    usage.put("services.nodeports", Quantity.of(nodePorts));
    usage.put("services.loadbalancers", Quantity.of(spec.string("type").equals("LoadBalancer") ? 1 : 0));
    return usage;
  }
}
