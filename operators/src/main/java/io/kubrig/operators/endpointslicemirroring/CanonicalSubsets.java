package io.kubrig.operators.endpointslicemirroring;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The subsets of Endpoints as users wrote them, put in order: each port is in one subset, with all addresses that offer it; ports that the
 * same addresses offer share a subset. What an address says of its node and pod counts where it is first named, and one that is not ready
 * anywhere for a port is not ready for it.
 */
final class CanonicalSubsets {
  private final Map<Host, EndpointAddress> named = new HashMap<>();

  /** By port, empty for addresses without ports: which hosts offer it, and whether they are ready. */
  private final Map<Optional<EndpointPort>, Map<Host, Boolean>> hosts = new LinkedHashMap<>();

  /** What tells addresses apart. @param uid that of the target; empty for none */
  private record Host(String ip, String uid) {
    static final Comparator<Host> ORDER = Comparator.comparing(Host::ip).thenComparing(Host::uid);

    static Host of(EndpointAddress address) {
      String uid = address.getTargetRef() == null ? null : address.getTargetRef().getUid();
      return new Host(address.getIp(), uid == null ? "" : uid);
    }
  }

  private CanonicalSubsets() {}

  /** Addresses in the order of their texts. */
  static List<EndpointSubset> of(List<EndpointSubset> subsets) {
    CanonicalSubsets canonical = new CanonicalSubsets();
    subsets.forEach(canonical::read);
    Map<Map<Host, Boolean>, List<EndpointPort>> ports = new LinkedHashMap<>();
    canonical.hosts.forEach((port, offering) -> {
      List<EndpointPort> shared = ports.computeIfAbsent(offering, o -> new ArrayList<>());
      port.ifPresent(shared::add);
    });
    return ports.entrySet().stream().map(entry -> canonical.subset(entry.getKey(), entry.getValue())).toList();
  }

  private void read(EndpointSubset subset) {
    List<EndpointPort> ports = Objects.orEmpty(subset.getPorts());
    List<Optional<EndpointPort>> offered = ports.isEmpty() ? List.of(Optional.empty()) : ports.stream().map(Optional::of).toList();
    for (Optional<EndpointPort> port : offered) {
      Objects.orEmpty(subset.getAddresses()).forEach(address -> offer(port, address, true));
      Objects.orEmpty(subset.getNotReadyAddresses()).forEach(address -> offer(port, address, false));
    }
  }

  private void offer(Optional<EndpointPort> port, EndpointAddress address, boolean ready) {
    Host host = Host.of(address);
    named.putIfAbsent(host, address);
    hosts.computeIfAbsent(port, p -> new HashMap<>()).merge(host, ready, Boolean::logicalAnd);
  }

  private EndpointSubset subset(Map<Host, Boolean> offering, List<EndpointPort> ports) {
    return new EndpointSubsetBuilder().withAddresses(addresses(offering, true)).withNotReadyAddresses(addresses(offering, false))
        .withPorts(ports).build();
  }

  private List<EndpointAddress> addresses(Map<Host, Boolean> offering, boolean ready) {
    return offering.entrySet().stream().filter(entry -> entry.getValue() == ready).map(Map.Entry::getKey).sorted(Host.ORDER)
        .map(named::get).toList();
  }
}
