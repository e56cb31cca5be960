package io.kubrig.operators.loadbalancer;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.kubrig.operators.engine.Objects;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which services have balancers, which changes of them matter to these, and which nodes these send to. */
final class Eligibility {
  /** What keeps a service until its balancer has gone. */
  static final String FINALIZER = "service.kubernetes.io/load-balancer-cleanup";

  private static final String TYPE = "LoadBalancer";
  private static final String EXCLUDED = "node.kubernetes.io/exclude-from-external-load-balancers";
  private static final String LEAVING = "ToBeDeletedByClusterAutoscaler";

  /** Go's words for false; whatever else the label says leaves the node out. */
  private static final Set<String> FALSE = Set.of("0", "f", "F", "FALSE", "false", "False");

  private Eligibility() {}

  static boolean wantsBalancer(Service service) {
    return isBalanced(service) && service.getSpec().getLoadBalancerClass() == null;
  }

  private static boolean isBalanced(Service service) {
    return service.getSpec() != null && TYPE.equals(service.getSpec().getType());
  }

  static boolean isMarked(Service service) {
    return Objects.orEmpty(service.getMetadata().getFinalizers()).contains(FINALIZER);
  }

  static boolean needsCleanup(Service service) {
    return isMarked(service) && (Objects.isTerminating(service) || !isBalanced(service));
  }

  /** Whether a change is one for the balancer. */
  static boolean needsUpdate(Service before, Service after) {
    boolean wants = wantsBalancer(after);
    if (!wants && !wantsBalancer(before)) {
      return false;
    }
    return wants != wantsBalancer(before) || !essence(before).equals(essence(after));
  }

  /** What of a service its balancer depends on; nothing that is not set. */
  private static Map<String, Object> essence(Service service) {
    ServiceSpec spec = service.getSpec();
    Map<String, Object> essence = new TreeMap<>();
    essence.put("sourceRanges", Objects.orEmpty(spec.getLoadBalancerSourceRanges()));
    essence.put("ports", Objects.orEmpty(spec.getPorts()));
    essence.put("affinity", List.of(String.valueOf(spec.getSessionAffinity()), String.valueOf(spec.getSessionAffinityConfig())));
    essence.put("ip", String.valueOf(spec.getLoadBalancerIP()));
    essence.put("externalIPs", Objects.orEmpty(spec.getExternalIPs()));
    essence.put("annotations", Objects.annotations(service));
    essence.put("uid", service.getMetadata().getUid());
    essence.put("policy", String.valueOf(spec.getExternalTrafficPolicy()));
    essence.put("healthPort", String.valueOf(spec.getHealthCheckNodePort()));
    essence.put("families", Objects.orEmpty(spec.getIpFamilies()).size());
    return essence;
  }

  /** Whether balancers may send to a node at all. */
  static boolean isIncluded(Node node) {
    String excluded = Objects.labels(node).get(EXCLUDED);
    return excluded == null || FALSE.contains(excluded);
  }

  /** Whether a balancer that is set up now sends to a node. */
  static boolean isBackend(Node node) {
    boolean leaves = node.getSpec() != null
        && Objects.orEmpty(node.getSpec().getTaints()).stream().anyMatch(taint -> LEAVING.equals(taint.getKey()));
    return !Objects.isTerminating(node) && isIncluded(node) && !leaves;
  }

  /** Whether a node's change is one for all balancers. */
  static boolean matters(Node before, Node after) {
    return isIncluded(before) != isIncluded(after) || !providerId(before).equals(providerId(after));
  }

  /** The provider id; empty when there is none. */
  static String providerId(Node node) {
    return node.getSpec() == null || node.getSpec().getProviderID() == null ? "" : node.getSpec().getProviderID();
  }
}
