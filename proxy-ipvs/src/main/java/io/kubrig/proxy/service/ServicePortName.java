package io.kubrig.proxy.service;

import java.util.Comparator;

/** Which port of which service; {@code port} is empty for an unnamed one. */
public record ServicePortName(String namespace, String name, String port, Protocol protocol) implements Comparable<ServicePortName> {
  private static final Comparator<ServicePortName> ORDER = Comparator.comparing(ServicePortName::namespace)
      .thenComparing(ServicePortName::name)
      .thenComparing(ServicePortName::port).thenComparing(ServicePortName::protocol);

  @Override
  public int compareTo(ServicePortName other) {
    return ORDER.compare(this, other);
  }

  /** namespace/name:port, without the colon for an unnamed port. */
  @Override
  public String toString() {
    return namespace + "/" + name + (port.isEmpty() ? "" : ":" + port);
  }
}
