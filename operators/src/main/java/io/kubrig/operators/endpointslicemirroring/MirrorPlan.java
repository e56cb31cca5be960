package io.kubrig.operators.endpointslicemirroring;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.services.ServicePods;
import io.kubrig.operators.slices.SlicePlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the slices of an Endpoints object hold.
 *
 * @param groups endpoints by address type
 * @param skipped how many addresses were too many
 * @param invalid how many addresses are none
 */
record MirrorPlan(Map<String, List<SlicePlan.Group>> groups, int skipped, int invalid) {
  static final String MANAGER = "endpointslicemirroring-controller.k8s.io";
  static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
  static final String LEADER = "control-plane.alpha.kubernetes.io/leader";
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Set<String> OWN_ANNOTATIONS =
      Set.of("endpoints.kubernetes.io/last-change-trigger-time", "kubectl.kubernetes.io/last-applied-configuration");

  /** Whether an Endpoints object is to be mirrored at all. */
  static boolean wants(Endpoints endpoints) {
    return !"true".equals(Objects.labels(endpoints).get(SKIP)) && !Objects.annotations(endpoints).containsKey(LEADER);
  }

  /** @param max how many addresses of one subset are mirrored */
  static MirrorPlan of(Endpoints endpoints, int max) {
    Map<String, Map<List<EndpointPort>, List<Endpoint>>> types = new TreeMap<>();
    int skipped = 0;
    int invalid = 0;
    for (EndpointSubset subset : CanonicalSubsets.of(Objects.orEmpty(endpoints.getSubsets()))) {
      List<EndpointPort> ports = ports(subset);
      List<Endpoint> all = new ArrayList<>();
      Objects.orEmpty(subset.getAddresses()).forEach(address -> all.add(endpoint(address, true)));
      Objects.orEmpty(subset.getNotReadyAddresses()).forEach(address -> all.add(endpoint(address, false)));
      int taken = 0;
      for (Endpoint endpoint : all) {
        String ip = endpoint.getAddresses().getFirst();
        if (taken >= max) {
          skipped++;
        } else if (!ADDRESS.matcher(ip).matches()) {
          invalid++;
        } else {
          taken++;
          types.computeIfAbsent(ServicePods.family(ip), f -> new LinkedHashMap<>()).computeIfAbsent(ports, p -> new ArrayList<>())
              .add(endpoint);
        }
      }
    }
    Map<String, List<SlicePlan.Group>> groups = new TreeMap<>();
    types.forEach((family, byPorts) -> groups.put(family,
        byPorts.entrySet().stream().map(e -> new SlicePlan.Group(e.getKey(), e.getValue())).toList()));
    return new MirrorPlan(groups, skipped, invalid);
  }

  private static Endpoint endpoint(EndpointAddress address, boolean ready) {
    return new EndpointBuilder().withAddresses(address.getIp()).withNewConditions().withReady(ready).endConditions()
        .withTargetRef(address.getTargetRef()).withNodeName(address.getNodeName())
        .withHostname(address.getHostname() == null || address.getHostname().isEmpty() ? null : address.getHostname()).build();
  }

  private static List<EndpointPort> ports(EndpointSubset subset) {
    return Objects.orEmpty(subset.getPorts()).stream()
        .map(port -> new EndpointPortBuilder().withName(port.getName() == null ? "" : port.getName())
        .withPort(port.getPort()).withProtocol(port.getProtocol() == null ? "TCP" : port.getProtocol())
            .withAppProtocol(port.getAppProtocol())
        .build()).toList();
  }

  static Map<String, String> labels(Endpoints endpoints) {
    Map<String, String> labels = new TreeMap<>(Objects.labels(endpoints));
    labels.put(SlicePlan.SERVICE, endpoints.getMetadata().getName());
    labels.put(SlicePlan.MANAGED_BY, MANAGER);
    return labels;
  }

  static Map<String, String> annotations(Endpoints endpoints) {
    Map<String, String> annotations = new HashMap<>(Objects.annotations(endpoints));
    annotations.keySet().removeAll(OWN_ANNOTATIONS);
    return annotations;
  }
}
