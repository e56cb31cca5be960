package io.kubrig.operators.endpointslice;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHintsBuilder;
import java.util.List;

/** Hints of {@code trafficDistribution} (KEP-4444, KEP-3015): each ready endpoint for its own zone, or its own node. */
final class TrafficHints {
  private TrafficHints() {}

  static List<Endpoint> give(Service service, List<Endpoint> endpoints) {
    String wish = service.getSpec().getTrafficDistribution();
    if (wish == null || AutoHints.isWanted(service)) {
      return endpoints;
    }
    return switch (wish) {
      case "PreferClose", "PreferSameZone" -> endpoints.stream().map(endpoint -> hinted(endpoint, false)).toList();
      case "PreferSameNode" -> endpoints.stream().map(endpoint -> hinted(endpoint, true)).toList();
      default -> endpoints;
    };
  }

  private static Endpoint hinted(Endpoint endpoint, boolean node) {
    boolean ready = endpoint.getConditions() != null && !Boolean.FALSE.equals(endpoint.getConditions().getReady());
    if (!ready || endpoint.getZone() == null && !(node && endpoint.getNodeName() != null)) {
      return endpoint;
    }
    EndpointHintsBuilder hints = new EndpointHintsBuilder();
    if (endpoint.getZone() != null) {
      hints.addNewForZone().withName(endpoint.getZone()).endForZone();
    }
    if (node && endpoint.getNodeName() != null) {
      hints.addNewForNode().withName(endpoint.getNodeName()).endForNode();
    }
    EndpointHints given = hints.build();
    return new EndpointBuilder(endpoint).withHints(given).build();
  }
}
