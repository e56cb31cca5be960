package io.kubrig.proxy;

import io.kubrig.machinery.clock.Clock;
import io.kubrig.proxy.conntrack.Conntrack;
import io.kubrig.proxy.conntrack.Flow;
import io.kubrig.proxy.conntrack.StaleFlows;
import io.kubrig.proxy.netlink.NetlinkException;
import io.kubrig.proxy.nftables.Family;
import io.kubrig.proxy.service.Protocol;
import io.kubrig.proxy.service.ServiceMap;
import io.kubrig.proxy.service.ServicePortName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rules and tracked flows of one address family. Used by the sync thread only. */
final class FamilySync {
  private final Family family;
  private final ProxyBackend backend;
  private final Conntrack conntrack;
  private final ProxyMetrics metrics;
  private final Clock clock;
  private SortedMap<ServicePortName, List<Object>> lastUdp;

  FamilySync(Family family, ProxyBackend backend, Conntrack conntrack, ProxyMetrics metrics, Clock clock) {
    this.family = family;
    this.backend = backend;
    this.conntrack = conntrack;
    this.metrics = metrics;
    this.clock = clock;
  }

  Family family() {
    return family;
  }

  ProxyBackend.Result sync(ServiceMap services, boolean full) throws NetlinkException {
    long begun = clock.nanos();
    ProxyBackend.Result result = backend.sync(services, full);
    metrics.synced(family, full, Duration.ofNanos(clock.nanos() - begun), clock.now());
    forgetFlows(services);
    return result;
  }

  /** Walks the flows only when a UDP port or one of its endpoints differs from the last time. */
  private void forgetFlows(ServiceMap services) throws NetlinkException {
    SortedMap<ServicePortName, List<Object>> udp = new TreeMap<>();
    services.ports().forEach((name, port) -> {
      if (name.protocol() == Protocol.UDP) {
        udp.put(name, List.of(port, services.endpointsOf(name)));
      }
    });
    if (udp.equals(lastUdp == null ? Map.of() : lastUdp)) {
      return;
    }
    lastUdp = null;
    long begun = clock.nanos();
    int forgotten = 0;
    for (Flow flow : StaleFlows.among(conntrack.flows(family, Protocol.UDP.number()), services)) {
      forgotten += conntrack.delete(family, flow) ? 1 : 0;
    }
    metrics.flowsForgotten(family, forgotten, Duration.ofNanos(clock.nanos() - begun));
    lastUdp = udp;
  }
}
