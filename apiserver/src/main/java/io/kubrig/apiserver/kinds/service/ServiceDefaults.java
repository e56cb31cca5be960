package io.kubrig.apiserver.kinds.service;

import io.kubrig.machinery.tree.Tree;

/** What a Service gets where its writer says nothing. (Source: core/v1/defaults.go.) */
final class ServiceDefaults {
  private static final long AFFINITY_SECONDS = 10_800;

  private ServiceDefaults() {}

  static void apply(Tree service) {
    Tree spec = service.need("spec");
    affinity(spec);
    if (spec.string("type").isEmpty()) {
      spec.set("type", "ClusterIP");
    }
    for (Tree port : spec.trees("ports")) {
      if (port.string("protocol").isEmpty()) {
        port.set("protocol", "TCP");
      }
      Object target = port.get("targetPort");
      if (target == null || target.equals(0L) || target.equals("")) {
        port.set("targetPort", port.integer("port"));
      }
    }
    if (ServiceShape.isReachableFromOutside(spec) && spec.string("externalTrafficPolicy").isEmpty()) {
      spec.set("externalTrafficPolicy", "Cluster");
    }
    if (ServiceShape.hasClusterIp(spec)) {
      spec.fill("internalTrafficPolicy", "Cluster");
    }
    if (spec.string("type").equals("LoadBalancer")) {
      spec.fill("allocateLoadBalancerNodePorts", true);
      for (Tree ingress : service.tree("status").tree("loadBalancer").trees("ingress")) {
        if (!ingress.string("ip").isEmpty()) {
          ingress.fill("ipMode", "VIP");
        }
      }
    }
  }

  private static void affinity(Tree spec) {
    if (spec.string("sessionAffinity").isEmpty()) {
      spec.set("sessionAffinity", "None");
    }
    switch (spec.string("sessionAffinity")) {
      case "None" -> spec.remove("sessionAffinityConfig");
      case "ClientIP" -> {
        if (spec.tree("sessionAffinityConfig").tree("clientIP").get("timeoutSeconds") == null) {
          spec.set("sessionAffinityConfig", Tree.of("clientIP", Tree.of("timeoutSeconds", AFFINITY_SECONDS)));
        }
      }
      default -> { }
    }
  }
}
