package io.kubrig.kubelet.container;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The quality-of-service class of a pod. Source: the API's {@code status.qosClass}. */
public enum Qos {
  GUARANTEED("Guaranteed"),
  BURSTABLE("Burstable"),
  BEST_EFFORT("BestEffort");

  private static final Set<String> COMPUTE = Set.of("cpu", "memory");
  private final String label;

  Qos(String label) {
    this.label = label;
  }

  /** The name in the API. */
  public String label() {
    return label;
  }

  public static Qos of(Pod pod) {
    if (pod.getStatus() != null && pod.getStatus().getQosClass() != null) {
      for (Qos qos : values()) {
        if (qos.label.equals(pod.getStatus().getQosClass())) {
          return qos;
        }
      }
    }
    return pod.getSpec().getResources() != null
        && !empty(pod.getSpec().getResources().getRequests(), pod.getSpec().getResources().getLimits())
        ? classify(List.of(pod.getSpec().getResources().getRequests()), List.of(pod.getSpec().getResources().getLimits()))
        : ofContainers(pod);
  }

  private static Qos ofContainers(Pod pod) {
    List<Map<String, Quantity>> requests = new ArrayList<>();
    List<Map<String, Quantity>> limits = new ArrayList<>();
    List<Container> containers = new ArrayList<>(pod.getSpec().getInitContainers());
    containers.addAll(pod.getSpec().getContainers());
    for (Container container : containers) {
      boolean set = container.getResources() != null;
      requests.add(set && container.getResources().getRequests() != null ? container.getResources().getRequests() : Map.of());
      limits.add(set && container.getResources().getLimits() != null ? container.getResources().getLimits() : Map.of());
    }
    return classify(requests, limits);
  }

  private static boolean empty(Map<String, Quantity> requests, Map<String, Quantity> limits) {
    return (requests == null || requests.isEmpty()) && (limits == null || limits.isEmpty());
  }

  private static Qos classify(List<Map<String, Quantity>> requests, List<Map<String, Quantity>> limits) {
    boolean any = false;
    boolean guaranteed = true;
    for (int i = 0; i < requests.size(); i++) {
      for (String resource : COMPUTE) {
        BigDecimal limit = amount(limits.get(i).get(resource));
        BigDecimal request = requests.get(i).containsKey(resource) ? amount(requests.get(i).get(resource)) : limit;
        any |= limit.signum() > 0 || request.signum() > 0;
        guaranteed &= limit.signum() > 0 && limit.compareTo(request) == 0;
      }
    }
    return !any ? BEST_EFFORT : guaranteed ? GUARANTEED : BURSTABLE;
  }

  private static BigDecimal amount(Quantity quantity) {
    return quantity == null ? BigDecimal.ZERO : quantity.getNumericalAmount();
  }
}
