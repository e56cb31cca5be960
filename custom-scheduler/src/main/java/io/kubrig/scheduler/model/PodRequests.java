package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a pod asks for in total: containers and sidecars together, or the largest init container with the sidecars started before it,
 * whichever is more; pod-level requests in their place; overhead on top. During a resize the largest of wanted, allocated and actual
 * counts; an infeasible wish does not count.
 *
 * <p>Source: KEP-753 sidecars, KEP-1287 in-place resize, KEP-2837 pod-level resources.
 */
final class PodRequests {
  private static final Quantity DEFAULT_CPU = new Quantity("100m");
  private static final Quantity DEFAULT_MEMORY = new Quantity("200Mi");

  private static final ResourceVector NO_LIMITS = new ResourceVector(); // shared by the many pods without; nobody changes it

  private final Pod pod;
  private final boolean infeasible;
  private final Map<String, ContainerStatus> statuses = new HashMap<>();

  private PodRequests(Pod pod) {
    this.pod = pod;
    this.infeasible = pod.getStatus() != null && resizeIsInfeasible(pod.getStatus().getConditions());
    if (pod.getStatus() != null) {
      pod.getStatus().getInitContainerStatuses().forEach(s -> statuses.put(s.getName(), s));
      pod.getStatus().getContainerStatuses().forEach(s -> statuses.put(s.getName(), s));
    }
  }

  static io.kubrig.scheduler.model.Pod.Requests of(Pod pod) {
    PodRequests r = new PodRequests(pod);
    Map<String, Quantity> podLevel = r.podLevelRequests();
    ResourceVector total = r.total(podLevel, Map.of());
    Map<String, Quantity> defaults = new HashMap<>();
    if (podLevel.isEmpty() || total.get(ResourceVector.CPU) == 0 && !podLevel.containsKey("cpu")) {
      defaults.put("cpu", DEFAULT_CPU);
    }
    if (podLevel.isEmpty() || total.get(ResourceVector.MEMORY) == 0 && !podLevel.containsKey("memory")) {
      defaults.put("memory", DEFAULT_MEMORY);
    }
    ResourceVector nonZero = defaults.isEmpty() || r.namesBoth() ? total : r.total(podLevel, defaults);
    ResourceVector scored = podLevel.isEmpty() ? nonZero : r.total(Map.of(), Map.of("cpu", DEFAULT_CPU, "memory", DEFAULT_MEMORY));
    return new io.kubrig.scheduler.model.Pod.Requests(total, nonZero, scored, r.limits(), r.names());
  }

  /** Like the requests; overhead counts where there is a limit. */
  private ResourceVector limits() {
    ResourceVector sum = aggregate(Map.of(), c -> limits(c.getResources()));
    ResourceVector levels = ResourceVector.of(limits(pod.getSpec().getResources()));
    ResourceVector overhead = ResourceVector.of(pod.getSpec().getOverhead());
    for (int i = 0; i < Math.max(sum.size(), levels.size()); i++) {
      long limit = levels.get(i) != 0 ? levels.get(i) : sum.get(i);
      if (limit != 0) {
        sum.set(i, limit + overhead.get(i));
      }
    }
    return sum.isZero() ? NO_LIMITS : sum;
  }

  private static boolean resizeIsInfeasible(List<PodCondition> conditions) {
    return conditions.stream().filter(c -> c.getType().equals("PodResizePending")).findFirst()
        .map(c -> "Infeasible".equals(c.getReason())).orElse(false);
  }

  private boolean namesBoth() {
    return pod.getSpec().getContainers().stream().allMatch(PodRequests::namesBoth)
        && pod.getSpec().getInitContainers().stream().allMatch(PodRequests::namesBoth);
  }

  private static boolean namesBoth(Container c) {
    Map<String, Quantity> requests = requests(c.getResources());
    return requests.containsKey("cpu") && requests.containsKey("memory");
  }

  private Set<String> names() {
    Set<String> names = new HashSet<>();
    List.of(pod.getSpec().getContainers(), pod.getSpec().getInitContainers()).forEach(list -> list.forEach(c -> {
      if (c.getResources() != null) {
        names.addAll(requests(c.getResources()).keySet());
        if (c.getResources().getLimits() != null) {
          names.addAll(c.getResources().getLimits().keySet());
        }
      }
    }));
    return Set.copyOf(names);
  }

  private Map<String, Quantity> podLevelRequests() {
    Map<String, Quantity> out = new HashMap<>();
    requests(pod.getSpec().getResources()).forEach((name, q) -> {
      if (name.equals("cpu") || name.equals("memory") || name.startsWith("hugepages-")) {
        out.put(name, q);
      }
    });
    return out;
  }

  private ResourceVector total(Map<String, Quantity> podLevel, Map<String, Quantity> defaults) {
    ResourceVector sum = aggregate(defaults, this::allocated).raiseTo(aggregate(defaults, this::actual));
    if (!infeasible) {
      sum.raiseTo(aggregate(defaults, c -> requests(c.getResources())));
    }
    ResourceVector levels = ResourceVector.of(podLevel);
    for (String name : podLevel.keySet()) {
      int i = ResourceVector.index(name);
      sum.set(i, levels.get(i));
    }
    return sum.add(ResourceVector.of(pod.getSpec().getOverhead()));
  }

  private interface Source {
    Map<String, Quantity> of(Container c);
  }

  private ResourceVector aggregate(Map<String, Quantity> defaults, Source source) {
    ResourceVector running = new ResourceVector();
    for (Container c : pod.getSpec().getContainers()) {
      running.add(ResourceVector.of(withDefaults(source.of(c), defaults)));
    }
    ResourceVector sidecars = new ResourceVector();
    ResourceVector starting = new ResourceVector();
    for (Container c : pod.getSpec().getInitContainers()) {
      ResourceVector own = ResourceVector.of(withDefaults(source.of(c), defaults));
      if ("Always".equals(c.getRestartPolicy())) {
        running.add(own);
        sidecars.add(own);
        starting.raiseTo(sidecars);
      } else {
        starting.raiseTo(own.add(sidecars));
      }
    }
    return running.raiseTo(starting);
  }

  private static Map<String, Quantity> withDefaults(Map<String, Quantity> requests, Map<String, Quantity> defaults) {
    if (defaults.isEmpty()) {
      return requests;
    }
    Map<String, Quantity> out = new HashMap<>(defaults);
    out.putAll(requests);
    return out;
  }

  private Map<String, Quantity> allocated(Container c) {
    ContainerStatus status = statuses.get(c.getName());
    if (status != null && status.getAllocatedResources() != null && !status.getAllocatedResources().isEmpty()) {
      return status.getAllocatedResources();
    }
    return infeasible ? Map.of() : requests(c.getResources());
  }

  private Map<String, Quantity> actual(Container c) {
    ContainerStatus status = statuses.get(c.getName());
    if (status != null && !requests(status.getResources()).isEmpty()) {
      return requests(status.getResources());
    }
    return allocated(c);
  }

  private static Map<String, Quantity> limits(ResourceRequirements r) {
    return r == null || r.getLimits() == null ? Map.of() : r.getLimits();
  }

  private static Map<String, Quantity> requests(ResourceRequirements r) {
    return r == null || r.getRequests() == null ? Map.of() : r.getRequests();
  }
}
