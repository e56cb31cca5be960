package io.kubrig.scheduler.model;

/** A port taken on the node's own addresses. {@code 0.0.0.0} takes it on all of them. */
public record HostPort(String ip, String protocol, int port) {
  private static final String ANY = "0.0.0.0";

  public HostPort {
    ip = ip == null || ip.isEmpty() ? ANY : ip;
    protocol = protocol == null || protocol.isEmpty() ? "TCP" : protocol;
  }

  /** Whether both cannot be taken on one node. */
  public boolean conflicts(HostPort other) {
    return port == other.port && protocol.equals(other.protocol) && (ip.equals(other.ip) || ip.equals(ANY) || other.ip.equals(ANY));
  }
}
