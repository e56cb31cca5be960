package io.kubrig.operators.endpoints;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.services.ServicePods;
import io.kubrig.operators.services.TriggerTimes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What the Endpoints of a service ought to be. */
public final class EndpointsPlan {
  static final String HEADLESS = "service.kubernetes.io/headless";
  static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
  static final String MANAGER = "endpoint-controller";
  static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
  private static final int CAPACITY = 1000;

  private EndpointsPlan() {}

  /** An address in one of the two lists of a subset. */
  private record Listed(EndpointAddress address, boolean ready) {
    @Override
    public int hashCode() { // of what nearly always tells two apart
      return address.getIp().hashCode();
    }
  }

  /** The subsets of a service over its pods: addresses that share all their ports share a subset. */
  public static List<EndpointSubset> subsets(Service service, List<Pod> pods) {
    boolean unreadyToo = Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses());
    String family = ServicePods.families(service).getFirst();
    Map<Listed, Set<EndpointPort>> ports = new LinkedHashMap<>();
    pods.stream().filter(pod -> ServicePods.isListed(pod, unreadyToo)).sorted(Comparator.comparing(pod -> pod.getMetadata().getName()))
        .forEach(pod -> ServicePods.ips(pod, family).stream().findFirst().ifPresent(ip -> {
          Listed listed = new Listed(address(pod, service, ip), unreadyToo || Pods.isReady(pod));
          Optional<List<EndpointPort>> open = ports(pod, service);
          open.ifPresent(list -> ports.computeIfAbsent(listed, l -> new LinkedHashSet<>()).addAll(list));
        }));
    return grouped(ports);
  }

  private static List<EndpointSubset> grouped(Map<Listed, Set<EndpointPort>> ports) {
    Map<EndpointPort, Set<Listed>> addressesOfPort = new LinkedHashMap<>();
    Set<Listed> portless = new LinkedHashSet<>();
    ports.forEach((listed, open) -> {
      if (open.isEmpty()) {
        portless.add(listed);
      }
      open.forEach(port -> addressesOfPort.computeIfAbsent(port, p -> new LinkedHashSet<>()).add(listed));
    });
    Map<Set<Listed>, List<EndpointPort>> portsOfAddresses = new LinkedHashMap<>();
    addressesOfPort.forEach((port, listed) -> portsOfAddresses.computeIfAbsent(listed, l -> new ArrayList<>()).add(port));
    List<EndpointSubset> subsets = new ArrayList<>();
    if (!portless.isEmpty()) {
      subsets.add(subset(portless, List.of()));
    }
    portsOfAddresses.forEach((listed, open) -> subsets.add(subset(listed, open)));
    return subsets;
  }

  private static EndpointSubset subset(Set<Listed> listed, List<EndpointPort> ports) {
    return new EndpointSubsetBuilder()
        .withAddresses(listed.stream().filter(Listed::ready).map(Listed::address).toList())
        .withNotReadyAddresses(listed.stream().filter(l -> !l.ready()).map(Listed::address).toList())
        .withPorts(ports).build();
  }

  private static EndpointAddress address(Pod pod, Service service, String ip) {
    return new EndpointAddressBuilder().withIp(ip).withNodeName(pod.getSpec().getNodeName())
        .withHostname(ServicePods.hostname(pod, service).orElse(null))
        .withNewTargetRef().withKind("Pod").withNamespace(pod.getMetadata().getNamespace()).withName(pod.getMetadata().getName())
        .withUid(pod.getMetadata().getUid()).endTargetRef().build();
  }

  /** The ports that are open in a pod; empty when the service has ports, but none of them is in this pod. */
  private static Optional<List<EndpointPort>> ports(Pod pod, Service service) {
    List<ServicePort> wanted = Objects.orEmpty(service.getSpec().getPorts());
    if (wanted.isEmpty()) {
      return ServicePods.isHeadless(service) ? Optional.of(List.of()) : Optional.empty();
    }
    List<EndpointPort> open = new ArrayList<>();
    for (ServicePort port : wanted) {
      ServicePods.port(pod, port).ifPresent(number -> open.add(new EndpointPortBuilder().withName(port.getName()).withPort(number)
          .withProtocol(port.getProtocol()).withAppProtocol(port.getAppProtocol()).build()));
    }
    return open.isEmpty() ? Optional.empty() : Optional.of(open);
  }

  /** The object to write in place of a current one; empty when that is right already. */
  public static Optional<Endpoints> of(Service service, List<Pod> pods, Optional<Endpoints> current, Optional<String> trigger) {
    List<EndpointSubset> all = subsets(service, pods);
    List<EndpointSubset> kept = truncated(all);
    Map<String, String> labels = labels(service);
    if (current.isPresent() && same(kept, current.get()) && labels.equals(Objects.labels(current.get()))
        && (kept.equals(all) != isOverCapacity(current.get()))) {
      return Optional.empty();
    }
    Map<String, String> annotations = new HashMap<>(current.map(Objects::annotations).orElse(Map.of()));
    trigger.ifPresentOrElse(time -> annotations.put(TriggerTimes.ANNOTATION, time), () -> annotations.remove(TriggerTimes.ANNOTATION));
    if (kept.equals(all)) {
      annotations.remove(OVER_CAPACITY);
    } else {
      annotations.put(OVER_CAPACITY, "truncated");
    }
    ObjectMetaBuilder metadata = current.map(e -> new ObjectMetaBuilder(e.getMetadata())).orElseGet(() -> new ObjectMetaBuilder()
        .withName(service.getMetadata().getName()).withNamespace(service.getMetadata().getNamespace()));
    Endpoints wanted = new Endpoints();
    wanted.setMetadata(metadata.withLabels(labels).withAnnotations(annotations).build());
    wanted.setSubsets(kept);
    return Optional.of(wanted);
  }

  private static boolean isOverCapacity(Endpoints endpoints) {
    return "truncated".equals(Objects.annotations(endpoints).get(OVER_CAPACITY));
  }

  private static Map<String, String> labels(Service service) {
    Map<String, String> labels = new TreeMap<>(Objects.labels(service));
    labels.remove(HEADLESS);
    if (ServicePods.isHeadless(service)) {
      labels.put(HEADLESS, "");
    }
    labels.put(MANAGED_BY, MANAGER);
    return labels;
  }

  private static boolean same(List<EndpointSubset> wanted, Endpoints current) {
    return canonical(wanted).equals(canonical(Objects.orEmpty(current.getSubsets())));
  }

  /** Order says nothing in subsets. */
  private static Set<Object> canonical(List<EndpointSubset> subsets) {
    Set<Object> all = new LinkedHashSet<>();
    subsets.forEach(subset -> all.add(List.of(Set.copyOf(Objects.orEmpty(subset.getAddresses())),
        Set.copyOf(Objects.orEmpty(subset.getNotReadyAddresses())), Set.copyOf(Objects.orEmpty(subset.getPorts())))));
    return all;
  }

  /** At most a thousand addresses, ready ones first, each subset in proportion. */
  private static List<EndpointSubset> truncated(List<EndpointSubset> subsets) {
    int ready = subsets.stream().mapToInt(s -> s.getAddresses().size()).sum();
    int total = ready + subsets.stream().mapToInt(s -> s.getNotReadyAddresses().size()).sum();
    if (total <= CAPACITY) {
      return subsets;
    }
    List<EndpointSubset> kept = new ArrayList<>();
    int readyRoom = Math.min(ready, CAPACITY);
    int unreadyRoom = CAPACITY - readyRoom;
    for (EndpointSubset subset : subsets) {
      List<EndpointAddress> up = share(subset.getAddresses(), ready, Math.min(ready, CAPACITY), readyRoom);
      List<EndpointAddress> down = share(subset.getNotReadyAddresses(), total - ready, CAPACITY - Math.min(ready, CAPACITY), unreadyRoom);
      readyRoom -= up.size();
      unreadyRoom -= down.size();
      if (!up.isEmpty() || !down.isEmpty()) {
        kept.add(new EndpointSubsetBuilder(subset).withAddresses(up).withNotReadyAddresses(down).build());
      }
    }
    return kept;
  }

  private static List<EndpointAddress> share(List<EndpointAddress> part, int whole, int capacity, int room) {
    int share = whole == 0 ? 0 : (int) Math.ceil((double) part.size() / whole * capacity);
    return part.subList(0, Math.min(share, room));
  }
}
