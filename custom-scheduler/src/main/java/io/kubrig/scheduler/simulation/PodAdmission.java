package io.kubrig.scheduler.simulation;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClass;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClass;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.scheduler.api.ClusterApiException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an API server adds to a new pod, as far as scheduling can see it: defaults, priority, runtime class, default tolerations. */
final class PodAdmission {
  private static final Map<String, Integer> SYSTEM_CLASSES =
      Map.of("system-cluster-critical", 2_000_000_000, "system-node-critical", 2_000_001_000);

  private final MemoryCluster cluster;
  private final Clock clock;

  PodAdmission(MemoryCluster cluster, Clock clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  void admit(Pod pod) {
    PodSpec spec = pod.getSpec();
    if (spec.getSchedulerName() == null) {
      spec.setSchedulerName("default-scheduler");
    }
    List<Container> all = new ArrayList<>(spec.getContainers());
    all.addAll(spec.getInitContainers());
    for (Container c : all) {
      defaultRequests(c.getResources());
      for (ContainerPort p : c.getPorts()) {
        p.setProtocol(p.getProtocol() == null ? "TCP" : p.getProtocol());
        if (Boolean.TRUE.equals(spec.getHostNetwork())) {
          p.setHostPort(p.getContainerPort());
        }
      }
    }
    podLevelRequests(spec);
    priority(spec);
    runtimeClass(spec);
    tolerations(spec);
    status(pod);
  }

  private static void defaultRequests(ResourceRequirements r) {
    if (r != null && r.getLimits() != null) {
      Map<String, Quantity> requests = new HashMap<>(r.getLimits());
      if (r.getRequests() != null) {
        requests.putAll(r.getRequests());
      }
      r.setRequests(requests);
    }
  }

  /** Pod-level limits become requests where neither the pod nor a container asks for the resource. */
  private static void podLevelRequests(PodSpec spec) {
    ResourceRequirements r = spec.getResources();
    if (r == null || r.getLimits() == null) {
      return;
    }
    Map<String, Quantity> requests = new HashMap<>(r.getRequests() == null ? Map.of() : r.getRequests());
    r.getLimits().forEach((name, limit) -> {
      boolean asked = spec.getContainers().stream()
          .anyMatch(c -> c.getResources() != null && c.getResources().getRequests() != null
              && c.getResources().getRequests().containsKey(name));
      if (!asked) {
        requests.putIfAbsent(name, limit);
      }
    });
    r.setRequests(requests);
  }

  private void priority(PodSpec spec) {
    String name = spec.getPriorityClassName();
    if (name == null || spec.getPriority() != null) {
      return;
    }
    if (SYSTEM_CLASSES.containsKey(name)) {
      spec.setPriority(SYSTEM_CLASSES.get(name));
      return;
    }
    PriorityClass c = cluster.find(PriorityClass.class, null, name)
        .orElseThrow(() -> new ClusterApiException(403, "no PriorityClass with name " + name + " was found"));
    spec.setPriority(c.getValue());
    if (spec.getPreemptionPolicy() == null) {
      spec.setPreemptionPolicy(c.getPreemptionPolicy());
    }
  }

  private void runtimeClass(PodSpec spec) {
    if (spec.getRuntimeClassName() == null) {
      return;
    }
    cluster.find(RuntimeClass.class, null, spec.getRuntimeClassName()).ifPresent(c -> {
      if (c.getOverhead() != null) {
        spec.setOverhead(c.getOverhead().getPodFixed());
      }
      if (c.getScheduling() != null && c.getScheduling().getNodeSelector() != null) {
        Map<String, String> selector = new HashMap<>(spec.getNodeSelector() == null ? Map.of() : spec.getNodeSelector());
        selector.putAll(c.getScheduling().getNodeSelector());
        spec.setNodeSelector(selector);
      }
    });
  }

  private static void tolerations(PodSpec spec) {
    List<Toleration> all = new ArrayList<>(spec.getTolerations());
    for (String key : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
      boolean there = all.stream().anyMatch(t -> (t.getKey() == null || t.getKey().equals(key))
          && (t.getEffect() == null || t.getEffect().equals("NoExecute")));
      if (!there) {
        all.add(new Toleration("NoExecute", key, "Exists", 300L, null));
      }
    }
    spec.setTolerations(all);
  }

  private void status(Pod pod) {
    PodStatus status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    status.setPhase(status.getPhase() == null ? "Pending" : status.getPhase());
    if (!pod.getSpec().getSchedulingGates().isEmpty()) {
      PodCondition c = new PodCondition();
      c.setType("PodScheduled");
      c.setStatus("False");
      c.setReason("SchedulingGated");
      c.setMessage("Scheduling is blocked due to non-empty scheduling gates");
      c.setLastTransitionTime(clock.now().truncatedTo(ChronoUnit.SECONDS).toString());
      status.setConditions(new ArrayList<>(List.of(c)));
    }
    pod.setStatus(status);
  }
}
