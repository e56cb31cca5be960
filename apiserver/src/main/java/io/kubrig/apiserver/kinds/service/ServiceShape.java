package io.kubrig.apiserver.kinds.service;

import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Questions on the spec of a Service that defaults, validation and allocation all ask. */
final class ServiceShape {
  static final String NONE = "None";

  private ServiceShape() {}

  static String type(Tree spec) {
    return spec.string("type");
  }

  static boolean isExternalName(Tree spec) {
    return type(spec).equals("ExternalName");
  }

  /** Whether services of this type have cluster IPs (or say None). */
  static boolean hasClusterIp(Tree spec) {
    return switch (type(spec)) {
      case "ClusterIP", "NodePort", "LoadBalancer" -> true;
      default -> false;
    };
  }

  static boolean hasNodePorts(Tree spec) {
    return type(spec).equals("NodePort") || type(spec).equals("LoadBalancer");
  }

  static boolean isHeadless(Tree spec) {
    List<String> ips = spec.strings("clusterIPs");
    return ips.isEmpty() ? spec.string("clusterIP").equals(NONE) : ips.getFirst().equals(NONE);
  }

  static boolean isReachableFromOutside(Tree spec) {
    return hasNodePorts(spec) || (type(spec).equals("ClusterIP") && !spec.list("externalIPs").isEmpty());
  }

  static boolean needsHealthCheckPort(Tree spec) {
    return type(spec).equals("LoadBalancer") && spec.string("externalTrafficPolicy").equals("Local");
  }

  /** Whether ports without a node port are given one. */
  static boolean allocatesNodePorts(Tree spec) {
    return type(spec).equals("NodePort") || (type(spec).equals("LoadBalancer") && spec.bool("allocateLoadBalancerNodePorts"));
  }

  /** The node ports that a service uses, each once. */
  static Set<Integer> nodePorts(Tree spec) {
    Set<Integer> ports = new LinkedHashSet<>();
    for (Tree port : spec.trees("ports")) {
      if (port.integer("nodePort") != 0) {
        ports.add((int) port.integer("nodePort"));
      }
    }
    return ports;
  }

  /** All ports on nodes that a service holds, the one of its health check included. */
  static Set<Integer> heldPorts(Tree spec) {
    Set<Integer> ports = nodePorts(spec);
    if (needsHealthCheckPort(spec) && spec.integer("healthCheckNodePort") != 0) {
      ports.add((int) spec.integer("healthCheckNodePort"));
    }
    return ports;
  }

  /** The addresses that a service holds. */
  static List<String> heldAddresses(Tree spec) {
    if (isExternalName(spec) || isHeadless(spec)) {
      return List.of();
    }
    List<String> addresses = new ArrayList<>(spec.strings("clusterIPs"));
    if (addresses.isEmpty() && !spec.string("clusterIP").isEmpty()) {
      addresses.add(spec.string("clusterIP"));
    }
    addresses.remove("");
    return addresses;
  }

  static boolean same(Tree spec, Tree old, String member) {
    return spec.list(member).equals(old.list(member)) && spec.string(member).equals(old.string(member));
  }
}
