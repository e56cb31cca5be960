package io.kubrig.operators.services;

import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Key;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.engine.Queue;
import io.kubrig.operators.ownership.Selector;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which pods stand behind which services. */
public final class ServicePods {
  private final Cached<Service> services;
  private final Cached<Pod> pods;

  /** Over the caches of both kinds. */
  public ServicePods(Cached<Service> services, Cached<Pod> pods) {
    this.services = services;
    this.pods = pods;
  }

  /**
   * Wakes a service whenever a pod that it selects, or no longer selects, changed in a way that matters. @param batch how long to gather
   */
  public void wake(Queue queue, Duration batch) {
    pods.watch(pod -> select(pod.getMetadata().getNamespace(), List.of(pod), queue, batch),
        (before, after) -> {
          if (matters(before, after)) {
            select(after.getMetadata().getNamespace(), List.of(before, after), queue, batch);
          } else if (!Objects.labels(before).equals(Objects.labels(after))) {
            moved(before, after, queue, batch);
          }
        },
        pod -> select(pod.getMetadata().getNamespace(), List.of(pod), queue, batch));
  }

  private void select(String namespace, List<Pod> states, Queue queue, Duration batch) {
    for (Service service : services.inNamespace(namespace)) {
      Selector selector = service.getSpec() == null ? Selector.matchesNothing() : Selector.ofMap(service.getSpec().getSelector());
      if (states.stream().anyMatch(pod -> selector.matches(pod.getMetadata().getLabels()))) {
        queue.addAfter(Key.of(service), batch);
      }
    }
  }

  /** Other labels matter to a service only if they bring it a pod or take one from it. */
  private void moved(Pod before, Pod after, Queue queue, Duration batch) {
    for (Service service : services.inNamespace(after.getMetadata().getNamespace())) {
      Selector selector = service.getSpec() == null ? Selector.matchesNothing() : Selector.ofMap(service.getSpec().getSelector());
      if (selector.matches(before.getMetadata().getLabels()) != selector.matches(after.getMetadata().getLabels())) {
        queue.addAfter(Key.of(service), batch);
      }
    }
  }

  private static boolean matters(Pod before, Pod after) {
    return Objects.isTerminating(before) != Objects.isTerminating(after)
        || Pods.isReady(before) != Pods.isReady(after)
        || Pods.isFinished(before) != Pods.isFinished(after)
        || !ips(before).equals(ips(after));
  }

  /** The pods that a service selects. */
  public List<Pod> of(Service service) {
    Selector selector = Selector.ofMap(service.getSpec().getSelector());
    return pods.inNamespace(service.getMetadata().getNamespace()).stream().filter(pod -> selector.matches(pod.getMetadata().getLabels()))
        .toList();
  }

  /** Whether a pod is to be listed at all: it runs, has an address, and is not going away unless that is wanted. */
  public static boolean isListed(Pod pod, boolean terminatingToo) {
    return !Pods.isFinished(pod) && !ips(pod).isEmpty() && (terminatingToo || !Objects.isTerminating(pod));
  }

  /** The pod's addresses of one family, IPv4 or IPv6. */
  public static List<String> ips(Pod pod, String family) {
    List<String> all = ips(pod);
    return all.size() == 1 && family.equals(family(all.getFirst())) ? all : all.stream().filter(ip -> family.equals(family(ip))).toList();
  }

  private static List<String> ips(Pod pod) {
    if (pod.getStatus() == null || pod.getStatus().getPodIP() == null || pod.getStatus().getPodIP().isEmpty()) {
      return List.of();
    }
    List<PodIP> all = Objects.orEmpty(pod.getStatus().getPodIPs());
    return switch (all.size()) {
      case 0 -> List.of(pod.getStatus().getPodIP());
      case 1 -> List.of(all.getFirst().getIp());
      default -> all.stream().map(PodIP::getIp).toList();
    };
  }

  /** The family of an address: IPv4 or IPv6. */
  public static String family(String ip) {
    return ip.contains(":") ? "IPv6" : "IPv4";
  }

  /** The families that a service speaks, the first one first. */
  public static List<String> families(Service service) {
    List<String> families = Objects.orEmpty(service.getSpec().getIpFamilies());
    if (!families.isEmpty()) {
      return families;
    }
    String ip = service.getSpec().getClusterIP();
    return List.of(ip == null ? "IPv4" : family(ip));
  }

  /** Whether the service has no address of its own, by choice. */
  public static boolean isHeadless(Service service) {
    return "None".equals(service.getSpec().getClusterIP());
  }

  /** The host name that a pod has under a service. */
  public static Optional<String> hostname(Pod pod, Service service) {
    String hostname = pod.getSpec().getHostname();
    boolean named = hostname != null && !hostname.isEmpty() && service.getMetadata().getName().equals(pod.getSpec().getSubdomain());
    return named ? Optional.of(hostname) : Optional.empty();
  }

  /** The number of a service's port in a pod; empty when the pod has no port of that name. */
  public static Optional<Integer> port(Pod pod, ServicePort port) {
    IntOrString target = port.getTargetPort();
    if (target == null) {
      return Optional.of(port.getPort());
    }
    if (target.getStrVal() == null) {
      return Optional.of(target.getIntVal() == 0 ? port.getPort() : target.getIntVal());
    }
    String protocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
    return Stream.concat(Objects.orEmpty(pod.getSpec().getContainers()).stream(),
            Objects.orEmpty(pod.getSpec().getInitContainers()).stream().filter(c -> "Always".equals(c.getRestartPolicy())))
        .flatMap(container -> Objects.orEmpty(container.getPorts()).stream())
        .filter(candidate -> target.getStrVal().equals(candidate.getName()) && protocol.equals(protocol(candidate)))
        .map(ContainerPort::getContainerPort).findFirst();
  }

  private static String protocol(ContainerPort port) {
    return port.getProtocol() == null ? "TCP" : port.getProtocol();
  }
}
