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

  /** The endpoints of a family, grouped by the ports that are open in their pods. */
  static List<SlicePlan.Group> groups(Service service, List<Pod> pods, String family, Function<String, Optional<Node>> nodes) {
    Map<List<EndpointPort>, List<Endpoint>> groups = new LinkedHashMap<>();
    pods.stream().filter(pod -> ServicePods.isListed(pod, true)).sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .forEach(pod -> {
      List<String> ips = ServicePods.ips(pod, family);
      if (!ips.isEmpty()) {
        Optional<Node> node = Pods.isAssigned(pod) ? nodes.apply(pod.getSpec().getNodeName()) : Optional.empty();
        groups.computeIfAbsent(ports(service, pod), p -> new ArrayList<>()).add(endpoint(service, pod, ips, node));
      }
    });
    return groups.entrySet().stream().map(e -> new SlicePlan.Group(e.getKey(), TrafficHints.give(service, e.getValue()))).toList();
  }

  private static Endpoint endpoint(Service service, Pod pod, List<String> ips, Optional<Node> node) {
    boolean serving = Pods.isReady(pod);
    boolean terminating = Objects.isTerminating(pod);
    boolean ready = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses()) || serving && !terminating;
    return new EndpointBuilder().withAddresses(ips)
        .withNewConditions().withReady(ready).withServing(serving).withTerminating(terminating).endConditions()
        .withNewTargetRef().withKind("Pod").withNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid()).endTargetRef()
        .withHostname(ServicePods.hostname(pod, service).orElse(null))
        .withNodeName(Pods.isAssigned(pod) ? pod.getSpec().getNodeName() : null)
        .withZone(node.map(n -> Objects.labels(n).get(ZONE)).orElse(null))
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
