package io.kubrig.operators.endpointslice;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.services.PodMemo;
import io.kubrig.operators.services.ServicePods;
import io.kubrig.operators.slices.SlicePlan;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** The endpoints of one service over its pods. */
final class ServiceEndpoints {
  static final String ZONE = "topology.kubernetes.io/zone";

  private ServiceEndpoints() {}

  /** A pod as an endpoint. @param ports those that are open in it */
  record Listed(List<EndpointPort> ports, Endpoint endpoint) {}

  /** The endpoints of a family, grouped by the ports that are open in their pods. @param nodes the nodes, by name */
  static List<SlicePlan.Group> groups(Service service, List<Pod> pods, String family, Function<String, Optional<Node>> nodes) {
    return groups(service, pods, family, nodes, new PodMemo<>());
  }

  /** @param memo of this family; the endpoints that are in it stay as they are, unless somebody gives them hints */
  static List<SlicePlan.Group> groups(
      Service service, List<Pod> pods, String family, Function<String, Optional<Node>> nodes, PodMemo<Optional<Listed>> memo) {
    List<Pod> sorted = pods.stream().sorted(Comparator.comparing(pod -> pod.getMetadata().getName())).toList();
    Function<Pod, String> zone = pod -> zone(pod, nodes);
    Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
    for (Optional<Listed> made : memo.of(service, sorted, zone, pod -> listed(service, pod, family, zone.apply(pod)))) {
      made.ifPresent(listed -> groups.computeIfAbsent(listed.ports(), p -> new ArrayList<>()).add(listed.endpoint()));
    }
    return groups.entrySet().stream().map(e -> new SlicePlan.Group(e.getKey(), TrafficHints.give(service, e.getValue()))).toList();
  }

  private static Optional<Listed> listed(Service service, Pod pod, String family, String zone) {
    List<String> ips = ServicePods.isListed(pod, true) ? ServicePods.ips(pod, family) : List.of();
    return ips.isEmpty() ? Optional.empty() : Optional.of(new Listed(ports(service, pod), endpoint(service, pod, ips, zone)));
  }

  private static String zone(Pod pod, Function<String, Optional<Node>> nodes) {
    return Pods.isAssigned(pod) ? nodes.apply(pod.getSpec().getNodeName()).map(node -> Objects.labels(node).get(ZONE)).orElse(null) : null;
  }

  private static Endpoint endpoint(Service service, Pod pod, List<String> ips, String zone) {
    boolean serving = Pods.isReady(pod);
    boolean terminating = Objects.isTerminating(pod);
    boolean ready = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses()) || serving && !terminating;
    return new EndpointBuilder().withAddresses(ips)
        .withNewConditions().withReady(ready).withServing(serving).withTerminating(terminating).endConditions()
        .withNewTargetRef().withKind("Pod").withNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid()).endTargetRef()
        .withHostname(ServicePods.hostname(pod, service).orElse(null))
        .withNodeName(Pods.isAssigned(pod) ? pod.getSpec().getNodeName() : null)
        .withZone(zone)
        .build();
  }

  private static List<EndpointPort> ports(Service service, Pod pod) {
    List<EndpointPort> open = new ArrayList<>();
    for (ServicePort port : Objects.orEmpty(service.getSpec().getPorts())) {
      ServicePods.port(pod, port).ifPresent(number -> open.add(new EndpointPortBuilder()
          .withName(port.getName() == null ? "" : port.getName()).withPort(number)
          .withProtocol(port.getProtocol() == null ? "TCP" : port.getProtocol()).withAppProtocol(port.getAppProtocol()).build()));
    }
    return open;
  }

  /** The labels of a service's slices: its own, and those that say whose they are. */
  static Map<String, String> labels(Service service, String manager) {
    Map<String, String> labels = new TreeMap<>(Objects.labels(service));
    labels.remove(SlicePlan.HEADLESS);
    if (ServicePods.isHeadless(service)) {
      labels.put(SlicePlan.HEADLESS, "");
    }
    labels.put(SlicePlan.SERVICE, service.getMetadata().getName());
    labels.put(SlicePlan.MANAGED_BY, manager);
    return labels;
  }
}
