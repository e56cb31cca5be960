package io.kubrig.proxy.service;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * One port of one service in one address family.
 *
 * @param nodePort zero for none
 * @param healthCheckNodePort zero for none
 * @param affinity how long a client stays with an endpoint, zero for no affinity
 */
public record ServicePort(ServicePortName name, InetAddress clusterIp, int port, int nodePort, List<InetAddress> externalIps,
    List<InetAddress> loadBalancerIps, List<Cidr> sourceRanges, Duration affinity, boolean internalLocal, boolean externalLocal,
    int healthCheckNodePort) {

  public ServicePort {
    externalIps = List.copyOf(externalIps);
    loadBalancerIps = List.copyOf(loadBalancerIps);
    sourceRanges = List.copyOf(sourceRanges);
  }

  public boolean externallyAccessible() {
    return nodePort != 0 || !externalIps.isEmpty() || !loadBalancerIps.isEmpty();
  }

  /** Whether endpoints anywhere matter: for internal traffic, or to short-circuit traffic of this cluster to an external address. */
  public boolean usesClusterEndpoints() {
    return !internalLocal || externallyAccessible();
  }

  public boolean usesLocalEndpoints() {
    return internalLocal || externalLocal && externallyAccessible();
  }

  public boolean hasAffinity() {
    return affinity.isPositive();
  }
}
