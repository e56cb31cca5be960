package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.kubrig.kubelet.pod.Containers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The conditions of a pod that the kubelet owns, beside those of others, which are kept. */
final class PodConditions {
  private static final Set<String> OWNED = Set.of("PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled");

  private final Pod pod;
  private final List<PodCondition> before;
  private final Instant now;

  static boolean isOwned(PodCondition condition) {
    return OWNED.contains(condition.getType());
  }

  PodConditions(Pod pod, Instant now) {
    this.pod = pod;
    this.before = pod.getStatus() == null || pod.getStatus().getConditions() == null ? List.of() : pod.getStatus().getConditions();
    this.now = now;
  }

  List<PodCondition> all(boolean sandboxReady, List<ContainerStatus> init, List<ContainerStatus> regular, String phase) {
    List<PodCondition> all = new ArrayList<>();
    all.add(condition("PodReadyToStartContainers", sandboxReady, null, null));
    all.add(initialized(init, regular, phase));
    PodCondition containersReady = containersReady(init, regular, phase);
    all.add(ready(containersReady));
    all.add(containersReady);
    all.add(condition("PodScheduled", true, null, null));
    before.stream().filter(condition -> !OWNED.contains(condition.getType())).forEach(all::add);
    return all;
  }

  private PodCondition initialized(List<ContainerStatus> init, List<ContainerStatus> regular, String phase) {
    List<String> unknown = new ArrayList<>();
    List<String> incomplete = new ArrayList<>();
    boolean ran = regular.stream().anyMatch(status -> status.getState().getRunning() != null || status.getState().getTerminated() != null);
    for (Container container : pod.getSpec().getInitContainers()) {
      Optional<ContainerStatus> status = find(init, container.getName());
      if (status.isEmpty()) {
        unknown.add(container.getName());
      } else if (Containers.isSidecar(container) ? !Boolean.TRUE.equals(status.get().getStarted()) && !ran
          : !Boolean.TRUE.equals(status.get().getReady())) {
        incomplete.add(container.getName());
      }
    }
    if (phase.equals("Succeeded") && unknown.isEmpty()) {
      return condition("Initialized", true, "PodCompleted", null);
    }
    List<String> messages = messages(unknown, "containers with incomplete status", incomplete);
    return messages.isEmpty() || ran && unknown.isEmpty()
        ? condition("Initialized", true, null, null)
        : condition("Initialized", false, "ContainersNotInitialized", String.join(", ", messages));
  }

  private PodCondition containersReady(List<ContainerStatus> init, List<ContainerStatus> regular, String phase) {
    if (phase.equals("Succeeded")) {
      return condition("ContainersReady", false, "PodCompleted", null);
    }
    if (phase.equals("Failed")) {
      return condition("ContainersReady", false, "PodFailed", null);
    }
    List<String> unknown = new ArrayList<>();
    List<String> unready = new ArrayList<>();
    for (Container container : pod.getSpec().getInitContainers()) {
      if (Containers.isSidecar(container)) {
        note(container, find(init, container.getName()), unknown, unready);
      }
    }
    for (Container container : pod.getSpec().getContainers()) {
      note(container, find(regular, container.getName()), unknown, unready);
    }
    List<String> messages = messages(unknown, "containers with unready status", unready);
    return messages.isEmpty() ? condition("ContainersReady", true, null, null)
        : condition("ContainersReady", false, "ContainersNotReady", String.join(", ", messages));
  }

  private static void note(Container container, Optional<ContainerStatus> status, List<String> unknown, List<String> unready) {
    if (status.isEmpty()) {
      unknown.add(container.getName());
    } else if (!Boolean.TRUE.equals(status.get().getReady())) {
      unready.add(container.getName());
    }
  }

  /** Ready is containers ready, and every readiness gate open. Source: KEP-580. */
  private PodCondition ready(PodCondition containersReady) {
    if (!containersReady.getStatus().equals("True")) {
      return condition("Ready", false, containersReady.getReason(), containersReady.getMessage());
    }
    List<String> messages = new ArrayList<>();
    for (var gate : pod.getSpec().getReadinessGates()) {
      Optional<PodCondition> condition = before.stream().filter(c -> c.getType().equals(gate.getConditionType())).findFirst();
      if (condition.isEmpty()) {
        messages.add("corresponding condition of pod readiness gate \"" + gate.getConditionType() + "\" does not exist.");
      } else if (!"True".equals(condition.get().getStatus())) {
        messages.add("the status of pod readiness gate \"" + gate.getConditionType() + "\" is not \"True\", but " + condition.get()
            .getStatus());
      }
    }
    return messages.isEmpty() ? condition("Ready", true, null, null)
        : condition("Ready", false, "ReadinessGatesNotReady", String.join(", ", messages));
  }

  private static List<String> messages(List<String> unknown, String otherTitle, List<String> other) {
    List<String> messages = new ArrayList<>();
    if (!unknown.isEmpty()) {
      messages.add("containers with unknown status: [" + String.join(" ", unknown) + "]");
    }
    if (!other.isEmpty()) {
      messages.add(otherTitle + ": [" + String.join(" ", other) + "]");
    }
    return messages;
  }

  private static Optional<ContainerStatus> find(List<ContainerStatus> statuses, String name) {
    return statuses.stream().filter(status -> status.getName().equals(name)).findFirst();
  }

  private PodCondition condition(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    String since =
        before.stream()
            .filter(old -> old.getType().equals(type) && status.equals(old.getStatus()) && old.getLastTransitionTime() != null)
            .map(PodCondition::getLastTransitionTime)
            .findFirst()
            .orElse(ContainerStatuses.time(now));
    return new PodConditionBuilder()
        .withType(type)
        .withStatus(status)
        .withReason(reason)
        .withMessage(message)
        .withLastTransitionTime(since)
        .withObservedGeneration(pod.getMetadata().getGeneration())
        .build();
  }
}
