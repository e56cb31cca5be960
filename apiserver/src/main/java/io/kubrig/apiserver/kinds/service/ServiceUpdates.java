package io.kubrig.apiserver.kinds.service;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an update of a Service keeps although its writer left it out, and what it drops although he left it in. (Source:
 * core/service/storage, strategy.go.)
 */
final class ServiceUpdates {
  private ServiceUpdates() {}

  /** Makes clusterIP and clusterIPs of a new service agree. */
  static void normalise(Tree spec) {
    String ip = spec.string("clusterIP");
    List<String> ips = spec.strings("clusterIPs");
    if (!ip.isEmpty() && ips.isEmpty()) {
      setIps(spec, List.of(ip));
    }
  }

  /** Puts back what was allocated and is not named, and makes clusterIP and clusterIPs agree. */
  static void keep(Tree spec, Tree old) {
    keepAllocated(spec, old);
    normalise(spec, old);
  }

  /** Names of elsewhere have no internal traffic; native does not show what is stored there, but refuses what is wrong. */
  static void dropInternalPolicy(Tree spec) {
    if (spec.string("type").equals("ExternalName") && ServiceRules.POLICIES.contains(spec.string("internalTrafficPolicy"))) {
      spec.remove("internalTrafficPolicy");
    }
  }

  private static void keepAllocated(Tree spec, Tree old) {
    if (!ServiceShape.isExternalName(old) && !ServiceShape.isExternalName(spec)) {
      if (spec.string("clusterIP").isEmpty() && !old.string("clusterIP").isEmpty()) {
        spec.set("clusterIP", old.string("clusterIP"));
      }
      if (spec.list("clusterIPs").isEmpty()) {
        setIps(spec, old.strings("clusterIPs"));
      }
    }
    if (ServiceShape.hasNodePorts(old) && ServiceShape.hasNodePorts(spec)) {
      keepNodePorts(spec, old);
    }
    if (ServiceShape.needsHealthCheckPort(old) && ServiceShape.needsHealthCheckPort(spec) && spec.integer("healthCheckNodePort") == 0
        && old.integer("healthCheckNodePort") != 0) {
      spec.set("healthCheckNodePort", old.integer("healthCheckNodePort"));
    }
  }

  /** By the name of the port, unless the node port is now another port's. */
  private static void keepNodePorts(Tree spec, Tree old) {
    Set<Integer> used = new HashSet<>(ServiceShape.nodePorts(old));
    used.retainAll(ServiceShape.nodePorts(spec));
    Map<String, Long> byName = new HashMap<>();
    old.trees("ports").forEach(port -> byName.put(port.string("name"), port.integer("nodePort")));
    for (Tree port : spec.trees("ports")) {
      long before = byName.getOrDefault(port.string("name"), 0L);
      if (port.integer("nodePort") == 0 && before != 0 && used.add((int) before)) {
        port.set("nodePort", before);
      }
    }
  }

  private static void normalise(Tree spec, Tree old) {
    if (spec.string("clusterIP").equals(old.string("clusterIP"))) {
      if (spec.list("clusterIPs").isEmpty()) {
        setIps(spec, old.strings("clusterIPs"));
      }
    } else if (ServiceShape.same(spec, old, "clusterIPs")) {
      setIps(spec, spec.string("clusterIP").isEmpty() ? List.of() : List.of(spec.string("clusterIP")));
    }
  }

  /** Values that the new type has no use for go, if the writer has not touched them. */
  static void dropUnneeded(Tree spec, Tree old) {
    if (!ServiceShape.isExternalName(old) && ServiceShape.isExternalName(spec)) {
      if (ServiceShape.same(spec, old, "clusterIPs")) {
        spec.remove("clusterIP");
        spec.remove("clusterIPs");
      }
      for (String member : List.of("ipFamilies", "ipFamilyPolicy")) {
        if (ServiceShape.same(spec, old, member)) {
          spec.remove(member);
        }
      }
    }
    if (ServiceShape.hasNodePorts(old) && !ServiceShape.hasNodePorts(spec) && samePorts(spec, old)) {
      spec.trees("ports").forEach(port -> port.remove("nodePort"));
    }
    if (ServiceShape.needsHealthCheckPort(old) && !ServiceShape.needsHealthCheckPort(spec)
        && spec.integer("healthCheckNodePort") == old.integer("healthCheckNodePort")) {
      spec.remove("healthCheckNodePort");
    }
    boolean wasBalanced = old.string("type").equals("LoadBalancer") && !spec.string("type").equals("LoadBalancer");
    for (String member : List.of("allocateLoadBalancerNodePorts", "loadBalancerClass")) {
      if (wasBalanced && spec.get(member) != null && spec.get(member).equals(old.get(member))) {
        spec.remove(member);
      }
    }
    if (ServiceShape.isReachableFromOutside(old) && !ServiceShape.isReachableFromOutside(spec)
        && ServiceShape.same(spec, old, "externalTrafficPolicy")) {
      spec.remove("externalTrafficPolicy");
    }
  }

  /** Whether no port has a node port that it did not have before. */
  private static boolean samePorts(Tree spec, Tree old) {
    return ServiceShape.nodePorts(old).containsAll(ServiceShape.nodePorts(spec));
  }

  static void setIps(Tree spec, List<String> ips) {
    if (ips.isEmpty()) {
      spec.remove("clusterIPs");
    } else {
      spec.set("clusterIPs", new ArrayList<Object>(ips));
    }
  }
}
