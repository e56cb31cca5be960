package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodSchedulingGate;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What keeps a pod from being available. */
final class PodChain {
  private static final String EXPLANATION = "SchedulingExplanation";

  private PodChain() {}

  /** @param minReadySeconds how long it has to be ready before its owner counts it as available */
  static Finding of(Pod pod, int minReadySeconds, Facts facts) {
    String name = Facts.name(pod);
    if (Objects.isTerminating(pod)) {
      return DeletionChain.of(pod, facts);
    }
    if (Pods.phase(pod).equals("Succeeded")) {
      return Finding.fine(name, "has succeeded");
    }
    if (Pods.phase(pod).equals("Failed")) {
      return failed(pod, facts);
    }
    if (!Pods.isAssigned(pod)) {
      return unscheduled(pod, facts);
    }
    if (Pods.isReady(pod)) {
      Optional<Duration> left = Pods.untilAvailable(pod, minReadySeconds, facts.now());
      return left.map(time -> Finding.waiting(name, "is ready and counts as available in " + Words.time(time))
          .seen("spec.minReadySeconds of its owner is " + minReadySeconds)).orElseGet(() -> Finding.fine(name, "is ready"));
    }
    return unready(pod, facts);
  }

  private static Finding failed(Pod pod, Facts facts) {
    String reason = pod.getStatus().getReason() == null ? "" : " (" + pod.getStatus().getReason() + ")";
    List<String> evidence = new ArrayList<>(List.of("status.phase is Failed" + reason));
    if (pod.getStatus().getMessage() != null) {
      evidence.add("status.message: " + pod.getStatus().getMessage());
    }
    containers(pod).forEach((container, status) -> {
      if (status.getState() != null && status.getState().getTerminated() != null && exit(status.getState().getTerminated()) != 0) {
        evidence.add("container " + container + " " + ended(status.getState().getTerminated()));
      }
    });
    evidence.addAll(facts.events(pod));
    return Finding.blocked(Facts.name(pod), "has failed").seen(evidence);
  }

  private static Finding unscheduled(Pod pod, Facts facts) {
    String name = Facts.name(pod);
    List<PodSchedulingGate> gates = Objects.orEmpty(pod.getSpec().getSchedulingGates());
    if (!gates.isEmpty()) {
      return Finding.blocked(name, "is not offered to the scheduler until someone removes its scheduling gates")
          .seen("spec.schedulingGates: " + String.join(", ", gates.stream().map(PodSchedulingGate::getName).toList()));
    }
    Optional<PodCondition> condition = Pods.condition(pod, "PodScheduled").filter(c -> "False".equals(c.getStatus()));
    List<Finding> claims = claims(pod, facts);
    if (condition.isEmpty()) {
      return Finding.waiting(name, "has no node: no scheduler has decided about it yet")
          .seen("no condition PodScheduled; spec.schedulerName is " + pod.getSpec().getSchedulerName()).because(claims);
    }
    Finding found = Finding.blocked(name, "has no node: " + condition.get().getMessage()).seen(condition(condition.get()));
    return found.seen(explanation(pod, facts)).because(claims);
  }

  /** What the scheduler has kept of its decision, where it keeps explanations: the smallest changes that would place the pod. */
  private static List<String> explanation(Pod pod, Facts facts) {
    Optional<GenericKubernetesResource> kept = facts.find(EXPLANATION, pod.getMetadata().getNamespace(), pod.getMetadata().getName())
        .filter(GenericKubernetesResource.class::isInstance).map(GenericKubernetesResource.class::cast);
    List<String> evidence = new ArrayList<>();
    kept.map(found -> found.getAdditionalProperties().get("status")).filter(Map.class::isInstance).map(Map.class::cast)
        .map(status -> status.get("explanation")).filter(Map.class::isInstance).map(Map.class::cast)
        .map(explanation -> explanation.get("changes")).filter(List.class::isInstance).map(List.class::cast)
        .ifPresent(changes -> {
          for (Object change : changes) {
            if (change instanceof Map<?, ?> fields) {
              evidence.add("it would fit if you " + fields.get("what") + " (schedulingexplanation)");
            }
          }
        });
    return evidence;
  }

  private static List<Finding> claims(Pod pod, Facts facts) {
    List<Finding> causes = new ArrayList<>();
    for (Volume volume : Objects.orEmpty(pod.getSpec().getVolumes())) {
      String claim = volume.getPersistentVolumeClaim() != null ? volume.getPersistentVolumeClaim().getClaimName()
          : volume.getEphemeral() != null ? pod.getMetadata().getName() + "-" + volume.getName() : null;
      if (claim == null) {
        continue;
      }
      Optional<PersistentVolumeClaim> found = facts.find(PersistentVolumeClaim.class, pod.getMetadata().getNamespace(), claim);
      Finding finding = found.map(there -> ClaimChain.ofPod(there, facts)).orElseGet(() -> Finding.blocked(
          "persistentvolumeclaim " + pod.getMetadata().getNamespace() + "/" + claim, "does not exist")
          .seen("spec.volumes of the pod names it"));
      if (finding.standing() != Standing.FINE) {
        causes.add(finding);
      }
    }
    return causes;
  }

  private static Finding unready(Pod pod, Facts facts) {
    Map<String, ContainerStatus> statuses = containers(pod);
    List<Finding> causes = new ArrayList<>(node(pod, facts));
    List<String> waits = new ArrayList<>();
    Standing standing = Standing.WAITING;
    for (Map.Entry<String, ContainerStatus> entry : statuses.entrySet()) {
      Optional<Stop> stop = stop(entry.getKey(), entry.getValue());
      if (stop.isPresent()) {
        waits.add(stop.get().text);
        standing = standing.worse(stop.get().standing);
      }
    }
    for (PodReadinessGate gate : Objects.orEmpty(pod.getSpec().getReadinessGates())) {
      if (Pods.condition(pod, gate.getConditionType()).filter(c -> "True".equals(c.getStatus())).isEmpty()) {
        waits.add("readiness gate " + gate.getConditionType() + " is not True");
      }
    }
    List<String> events = facts.events(pod, "Unhealthy", "Failed", "BackOff", "FailedMount", "FailedAttachVolume",
        "FailedCreatePodSandBox", "NodeNotReady", "NetworkNotReady", "InspectFailed", "ErrImageNeverPull");
    String says = waits.isEmpty() ? (statuses.isEmpty() ? "waits for the kubelet of node " + pod.getSpec().getNodeName()
        : "is not ready") : String.join("; ", waits);
    Finding found = standing == Standing.BLOCKED ? Finding.blocked(Facts.name(pod), says) : Finding.waiting(Facts.name(pod), says);
    Finding evident = Pods.condition(pod, "Ready").map(c -> found.seen(condition(c))).orElse(found);
    return evident.seen(events).because(causes).because(claims(pod, facts));
  }

  private static List<Finding> node(Pod pod, Facts facts) {
    String name = pod.getSpec().getNodeName();
    List<Node> nodes = facts.all(Node.class);
    Optional<Node> node = facts.find(Node.class, null, name);
    if (node.isEmpty()) {
      return nodes.isEmpty() ? List.of() : List.of(Finding.blocked("node " + name, "does not exist").seen("spec.nodeName of the pod"));
    }
    return Objects.orEmpty(node.get().getStatus() == null ? null : node.get().getStatus().getConditions()).stream()
        .filter(c -> c.getType().equals("Ready") && !"True".equals(c.getStatus()))
        .map(c -> Finding.blocked("node " + name, "is not ready")
            .seen("condition Ready=" + c.getStatus() + " (" + c.getReason() + "): " + c.getMessage()))
        .toList();
  }

  private record Stop(Standing standing, String text) {}

  private static Optional<Stop> stop(String container, ContainerStatus status) {
    ContainerStateWaiting waiting = status.getState() == null ? null : status.getState().getWaiting();
    ContainerStateTerminated terminated = status.getState() == null ? null : status.getState().getTerminated();
    if (waiting != null) {
      String message = waiting.getMessage() == null || waiting.getMessage().isEmpty() ? "" : ": " + waiting.getMessage();
      ContainerStateTerminated last = status.getLastState() == null ? null : status.getLastState().getTerminated();
      boolean starting = "ContainerCreating".equals(waiting.getReason()) || "PodInitializing".equals(waiting.getReason());
      String before = last == null ? "" : "; its last run " + ended(last);
      return Optional.of(new Stop(starting ? Standing.WAITING : Standing.BLOCKED,
          "container " + container + " waits, " + waiting.getReason() + message + before));
    }
    if (terminated != null) {
      return exit(terminated) == 0 ? Optional.empty()
          : Optional.of(new Stop(Standing.BLOCKED, "container " + container + " " + ended(terminated)));
    }
    if (status.getState() == null || status.getState().getRunning() == null || Boolean.TRUE.equals(status.getReady())) {
      return Optional.empty();
    }
    boolean started = !Boolean.FALSE.equals(status.getStarted());
    return Optional.of(new Stop(Standing.WAITING, "container " + container + " runs and is not "
        + (started ? "ready (readiness probe)" : "started (startup probe)")));
  }

  private static int exit(ContainerStateTerminated state) {
    return state.getExitCode() == null ? 0 : state.getExitCode();
  }

  private static String ended(ContainerStateTerminated state) {
    return "ended with exit code " + state.getExitCode() + (state.getReason() == null ? "" : " (" + state.getReason() + ")")
        + (state.getMessage() == null ? "" : ": " + state.getMessage());
  }

  /** The statuses of init containers that are not through yet, then of the others, by name. */
  private static Map<String, ContainerStatus> containers(Pod pod) {
    Map<String, ContainerStatus> statuses = new LinkedHashMap<>();
    if (pod.getStatus() != null) {
      Objects.orEmpty(pod.getStatus().getInitContainerStatuses()).stream().filter(status -> !Boolean.TRUE.equals(status.getReady()))
          .forEach(status -> statuses.put(status.getName(), status));
      Objects.orEmpty(pod.getStatus().getContainerStatuses()).forEach(status -> statuses.put(status.getName(), status));
    }
    return statuses;
  }

  private static String condition(PodCondition c) {
    return Words.condition(c.getType(), c.getStatus(), c.getReason(), c.getMessage());
  }

  /** The pods that are held up; those of the same fate together. */
  static List<Finding> held(List<Pod> pods, int minReadySeconds, Facts facts) {
    Map<Finding, List<Finding>> alike = new LinkedHashMap<>();
    for (Pod pod : pods.stream().sorted(Comparator.comparing(pod -> pod.getMetadata().getName())).toList()) {
      Finding finding = of(pod, minReadySeconds, facts);
      if (finding.standing() != Standing.FINE) {
        alike.computeIfAbsent(unnamed(finding, pod), key -> new ArrayList<>()).add(finding);
      }
    }
    List<Finding> held = new ArrayList<>();
    alike.values().forEach(same -> held.add(same.size() == 1 ? same.getFirst()
        : same.getFirst().about(same.getFirst().object() + " and " + (same.size() - 1) + " more")));
    return held.stream().sorted(Comparator.comparing(Finding::standing).reversed()).toList();
  }

  /** A finding without what names its pod, to be compared with others. */
  private static Finding unnamed(Finding finding, Pod pod) {
    String name = pod.getMetadata().getName();
    return new Finding("", finding.standing(), finding.says().replace(name, "POD"),
        finding.evidence().stream().map(text -> text.replace(name, "POD")).toList(), finding.because());
  }
}
