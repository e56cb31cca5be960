package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.pods.Pods;
import java.util.ArrayList;
import java.util.List;

/** Why a Service has nobody to send requests to, or no address. */
final class ServiceChain {
  private static final String SERVICE_NAME = "kubernetes.io/service-name";

  private ServiceChain() {}

  static Finding of(Service service, Facts facts) {
    if (Objects.isTerminating(service)) {
      return DeletionChain.of(service, facts);
    }
    String name = Facts.name(service);
    if ("ExternalName".equals(service.getSpec().getType())) {
      return Finding.fine(name, "is an alias of " + service.getSpec().getExternalName());
    }
    Counts endpoints = endpoints(service, facts);
    Finding found = Objects.orEmpty(service.getSpec().getSelector()).isEmpty() ? unselected(name, endpoints)
        : selected(service, endpoints, facts);
    return balancer(service, found, facts);
  }

  private record Counts(int ready, int all) {}

  private static Counts endpoints(Service service, Facts facts) {
    List<Endpoint> all = facts.inNamespace(EndpointSlice.class, service.getMetadata().getNamespace()).stream()
        .filter(slice -> service.getMetadata().getName().equals(Objects.labels(slice).get(SERVICE_NAME)))
        .flatMap(slice -> Objects.orEmpty(slice.getEndpoints()).stream()).toList();
    int ready = (int) all.stream().filter(endpoint -> endpoint.getConditions() == null
        || !Boolean.FALSE.equals(endpoint.getConditions().getReady())).count();
    return new Counts(ready, all.size());
  }

  private static Finding unselected(String name, Counts endpoints) {
    return endpoints.ready > 0 ? Finding.fine(name, Words.count(endpoints.ready, "endpoint") + " ready")
        : Finding.blocked(name, "has no selector, and nobody has given it endpoints")
            .seen("spec.selector is empty; its EndpointSlices have " + endpoints.ready + " ready endpoints");
  }

  private static Finding selected(Service service, Counts endpoints, Facts facts) {
    String name = Facts.name(service);
    Selector selector = Selector.ofMap(service.getSpec().getSelector());
    List<Pod> pods = facts.inNamespace(Pod.class, service.getMetadata().getNamespace()).stream()
        .filter(pod -> selector.matches(pod.getMetadata().getLabels())).toList();
    if (pods.isEmpty()) {
      return Finding.blocked(name, "its selector matches no pod").seen("spec.selector is " + selector);
    }
    List<Finding> causes = new ArrayList<>(PodChain.held(pods.stream().filter(pod -> !Pods.isFinished(pod)).toList(), 0, facts));
    String numbers = endpoints.ready + " of " + Words.count(endpoints.all, "endpoint") + " ready";
    long ready = pods.stream().filter(pod -> Pods.isActive(pod) && Pods.isReady(pod)).count();
    if (endpoints.ready > 0 && causes.isEmpty()) {
      return Finding.fine(name, numbers);
    }
    if (ready > 0 && endpoints.ready == 0) {
      List<String> ports = missingPorts(service, pods);
      return ports.isEmpty()
          ? Finding.waiting(name, "no endpoint yet for " + Words.count((int) ready, "ready pod")).seen("EndpointSlices: " + numbers)
          : Finding.blocked(name, "its pods have no such port").seen(ports);
    }
    Finding found = endpoints.ready > 0 ? Finding.waiting(name, numbers) : Finding.waiting(name, "none of its pods is ready");
    return found.seen("spec.selector is " + selector + ", which matches " + Words.count(pods.size(), "pod")).because(causes);
  }

  /** Ports of the service that name ports of containers that no pod has. */
  private static List<String> missingPorts(Service service, List<Pod> pods) {
    return Objects.orEmpty(service.getSpec().getPorts()).stream().filter(port -> port.getTargetPort() != null
        && port.getTargetPort().getStrVal() != null).filter(port -> pods.stream().noneMatch(pod -> has(pod, port)))
        .map(port -> "spec.ports: targetPort " + port.getTargetPort().getStrVal() + " is the name of no container's port").toList();
  }

  private static boolean has(Pod pod, ServicePort port) {
    return pod.getSpec().getContainers().stream().flatMap(container -> Objects.orEmpty(container.getPorts()).stream())
        .anyMatch(there -> port.getTargetPort().getStrVal().equals(there.getName()));
  }

  private static Finding balancer(Service service, Finding found, Facts facts) {
    boolean wanted = "LoadBalancer".equals(service.getSpec().getType());
    boolean has = service.getStatus() != null && service.getStatus().getLoadBalancer() != null
        && !Objects.orEmpty(service.getStatus().getLoadBalancer().getIngress()).isEmpty();
    if (!wanted || has) {
      return found;
    }
    List<String> told = facts.events(service, "SyncLoadBalancerFailed", "EnsuringLoadBalancer");
    Finding address = Finding.waiting("load balancer of " + Facts.name(service), "has no address yet")
        .seen("status.loadBalancer.ingress is empty").seen(told);
    return new Finding(found.object(), found.standing().worse(Standing.WAITING), found.says() + "; no load balancer's address",
        found.evidence(), found.because()).because(List.of(address));
  }

  static Finding of(Endpoints endpoints, Facts facts) {
    String name = Facts.name(endpoints);
    int ready = Objects.orEmpty(endpoints.getSubsets()).stream().mapToInt(subset -> Objects.orEmpty(subset.getAddresses()).size()).sum();
    var service = facts.find(Service.class, endpoints.getMetadata().getNamespace(), endpoints.getMetadata().getName());
    if (ready > 0) {
      return Finding.fine(name, Words.count(ready, "address").replace("addresss", "addresses") + " ready");
    }
    return Finding.waiting(name, "has no ready address")
        .because(service.map(there -> of(there, facts)).stream().filter(found -> found.standing() != Standing.FINE).toList());
  }
}
