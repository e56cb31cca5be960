package io.kubrig.dns.zone;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The ready endpoints of a headless service as DNS names them; pure. */
record Endpoints(List<Entry> entries) {

  /** One address with one port; {@code port} is zero and the names empty for an endpoint without ports. */
  record Entry(String host, InetAddress address, String portName, String protocol, int port) {
  }

  static Endpoints of(List<EndpointSlice> slices) {
    Set<Entry> entries = new LinkedHashSet<>();
    for (EndpointSlice slice : slices) {
      for (Endpoint endpoint : slice.getEndpoints() == null ? List.<Endpoint>of() : slice.getEndpoints()) {
        if (ready(endpoint)) {
          endpoint.getAddresses().stream().map(Names::address).flatMap(Optional::stream)
              .forEach(address -> addPorts(slice, endpoint, address, entries));
        }
      }
    }
    return new Endpoints(new ArrayList<>(entries));
  }

  private static void addPorts(EndpointSlice slice, Endpoint endpoint, InetAddress address, Set<Entry> entries) {
    String host = host(endpoint, address);
    if (slice.getPorts() == null || slice.getPorts().isEmpty()) {
      entries.add(new Entry(host, address, "", "", 0));
      return;
    }
    for (var port : slice.getPorts()) {
      String protocol = port.getProtocol() == null ? "tcp" : port.getProtocol().toLowerCase(Locale.ROOT);
      entries.add(new Entry(host, address, port.getName() == null ? "" : port.getName(), protocol, port.getPort() == null ? 0
          : port.getPort()));
    }
  }

  private static boolean ready(Endpoint endpoint) {
    return endpoint.getConditions() == null || !Boolean.FALSE.equals(endpoint.getConditions().getReady());
  }

  /** The pod's hostname, or its address with dashes. */
  static String host(Endpoint endpoint, InetAddress address) {
    return endpoint.getHostname() == null || endpoint.getHostname().isEmpty() ? Names.dashed(address) : endpoint.getHostname();
  }

  Endpoints named(String host) {
    return new Endpoints(entries.stream().filter(entry -> entry.host().equalsIgnoreCase(host)).toList());
  }
}
