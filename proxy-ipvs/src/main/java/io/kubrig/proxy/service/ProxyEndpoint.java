package io.kubrig.proxy.service;

import java.net.InetAddress;
import java.util.Set;

/**
 * A place that serves a service port.
 *
 * @param local whether it is on this node
 * @param zoneHints zones it is meant for, empty for no hint
 * @param nodeHints nodes it is meant for, empty for no hint
 */
public record ProxyEndpoint(InetAddress address, int port, boolean local, boolean ready, boolean serving, boolean terminating,
    Set<String> zoneHints,
    Set<String> nodeHints) {

  public ProxyEndpoint {
    zoneHints = Set.copyOf(zoneHints);
    nodeHints = Set.copyOf(nodeHints);
  }

  /** Still answers although it is going away: what traffic falls back to when nothing is ready. */
  public boolean lastResort() {
    return serving && terminating;
  }

  /** address:port. */
  public String socket() {
    return Addresses.withPort(address, port);
  }
}
