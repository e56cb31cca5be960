package io.kubrig.proxy.conntrack;

import io.kubrig.proxy.service.Addresses;
import io.kubrig.proxy.service.Protocol;
import io.kubrig.proxy.service.ProxyEndpoint;
import io.kubrig.proxy.service.ServiceMap;
import io.kubrig.proxy.service.ServicePort;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which UDP flows go where services no longer send them; pure.
 *
 * <p>UDP has no end, and a flow is translated as its first packet was. A flow to a service address or node port is stale when its answers
 * come from something that is no serving endpoint: an endpoint that went, or, for flows begun while there was none, the service address
 * itself.
 */
public final class StaleFlows {
  private final Map<String, Set<String>> byAddress = new HashMap<>();
  private final Map<Integer, Set<String>> byNodePort = new HashMap<>();

  private StaleFlows(ServiceMap services) {
    for (ServicePort port : services.ports().values()) {
      if (port.name().protocol() != Protocol.UDP) {
        continue;
      }
      Set<String> serving = services.endpointsOf(port.name()).stream().filter(ProxyEndpoint::serving).map(ProxyEndpoint::socket)
          .collect(Collectors.toSet());
      Stream.of(Stream.of(port.clusterIp()), port.externalIps().stream(), port.loadBalancerIps().stream()).flatMap(addresses -> addresses)
          .forEach(address -> byAddress.put(Addresses.withPort(address, port.port()), serving));
      if (port.nodePort() != 0) {
        byNodePort.put(port.nodePort(), serving);
      }
    }
  }

  public static List<Flow> among(List<Flow> flows, ServiceMap services) {
    StaleFlows rules = new StaleFlows(services);
    return flows.stream().filter(rules::stale).toList();
  }

  private boolean stale(Flow flow) {
    if (flow.protocol() != Protocol.UDP.number()) {
      return false;
    }
    Set<String> serving = byAddress.get(Addresses.withPort(flow.destination(), flow.destinationPort()));
    if (serving == null) {
      serving = byNodePort.get(flow.destinationPort());
    }
    return serving != null && !serving.contains(Addresses.withPort(flow.replySource(), flow.replySourcePort()));
  }
}
