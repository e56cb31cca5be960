package io.kubrig.kubelet.pod;

import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.v1.Container;
import io.kubrig.kubelet.cri.v1.ContainerState;
import io.kubrig.kubelet.cri.v1.ContainerStatus;
import io.kubrig.kubelet.cri.v1.NamespaceMode;
import io.kubrig.kubelet.cri.v1.PodSandbox;
import io.kubrig.kubelet.cri.v1.PodSandboxState;
import io.kubrig.kubelet.cri.v1.PodSandboxStatus;
import io.kubrig.kubelet.logs.TerminationMessage;
import io.kubrig.kubelet.pod.RuntimePod.ImageUse;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.RuntimePod.Sandbox;
import io.kubrig.kubelet.pod.RuntimePod.State;
import io.kubrig.kubelet.pod.RuntimePod.Times;
import io.kubrig.kubelet.pod.RuntimePod.User;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads out of the runtime what it knows of pods. */
public final class RuntimeReader {
  private final ContainerRuntime runtime;

  public RuntimeReader(ContainerRuntime runtime) {
    this.runtime = runtime;
  }

  /**
   * The state of everything that a kubelet made, by pod UID: a value that differs exactly when a pod's sandboxes or containers began,
   * ended or went away. Costs two calls, however many pods there are.
   */
  public Map<String, Summary> summaries() {
    Map<String, Map<String, String>> states = new HashMap<>();
    Map<String, String[]> names = new HashMap<>();
    for (PodSandbox sandbox : runtime.sandboxes(Map.of())) {
      note(sandbox.getLabelsMap(), sandbox.getId(), sandbox.getState().name(), states, names);
    }
    for (Container container : runtime.containers(Map.of())) {
      note(container.getLabelsMap(), container.getId(), container.getState().name(), states, names);
    }
    Map<String, Summary> summaries = new HashMap<>();
    states.forEach((uid, of) -> summaries.put(uid, new Summary(uid, names.get(uid)[0], names.get(uid)[1], Map.copyOf(of))));
    return summaries;
  }

  private static void note(
      Map<String, String> labels, String id, String state, Map<String, Map<String, String>> states, Map<String, String[]> names) {
    String uid = labels.get(RuntimeLabels.POD_UID);
    if (uid != null) {
      states.computeIfAbsent(uid, any -> new HashMap<>()).put(id, state);
      names.put(uid, new String[] {labels.get(RuntimeLabels.POD_NAMESPACE), labels.get(RuntimeLabels.POD_NAME)});
    }
  }

  /** The states of one pod's sandboxes and containers, by identifier. */
  public record Summary(String uid, String namespace, String name, Map<String, String> states) {}

  /** Everything that the runtime knows of one pod. */
  public RuntimePod read(String uid, String namespace, String name) {
    Map<String, String> selector = Map.of(RuntimeLabels.POD_UID, uid);
    List<Sandbox> sandboxes = new ArrayList<>();
    for (PodSandbox listed : runtime.sandboxes(selector)) {
      runtime.sandbox(listed.getId()).map(RuntimeReader::sandbox).ifPresent(sandboxes::add);
    }
    List<Instance> instances = new ArrayList<>();
    for (Container listed : runtime.containers(selector)) {
      runtime.container(listed.getId()).map(status -> instance(listed.getPodSandboxId(), status)).ifPresent(instances::add);
    }
    sandboxes.sort(Comparator.comparing(Sandbox::createdAt).reversed());
    instances.sort(Comparator.comparing((Instance instance) -> instance.times().created()).reversed());
    return new RuntimePod(uid, namespace, name, sandboxes, instances);
  }

  private static Sandbox sandbox(PodSandboxStatus status) {
    List<String> ips = new ArrayList<>();
    if (!status.getNetwork().getIp().isEmpty()) {
      ips.add(status.getNetwork().getIp());
      status.getNetwork().getAdditionalIpsList().forEach(ip -> ips.add(ip.getIp()));
    }
    return new Sandbox(
        status.getId(),
        status.getState() == PodSandboxState.SANDBOX_READY,
        instant(status.getCreatedAt()),
        status.getMetadata().getAttempt(),
        List.copyOf(ips),
        status.getLinux().getNamespaces().getOptions().getNetwork() == NamespaceMode.NODE);
  }

  private static Instance instance(String sandboxId, ContainerStatus status) {
    State state = state(status.getState());
    Map<String, String> annotations = status.getAnnotationsMap();
    String message = state == State.EXITED ? TerminationMessage.of(status).orElse(status.getMessage()) : status.getMessage();
    User user =
        status.getUser().hasLinux()
            ? new User(
                status.getUser().getLinux().getUid(),
                status.getUser().getLinux().getGid(),
                List.copyOf(status.getUser().getLinux().getSupplementalGroupsList()))
            : null;
    return new Instance(
        status.getId(),
        sandboxId,
        status.getLabelsOrDefault(RuntimeLabels.CONTAINER_NAME, status.getMetadata().getName()),
        state,
        Integer.parseInt(annotations.getOrDefault(RuntimeLabels.RESTART_COUNT, "0")),
        annotations.getOrDefault(RuntimeLabels.CONTAINER_HASH, ""),
        new Times(instant(status.getCreatedAt()), instant(status.getStartedAt()), instant(status.getFinishedAt())),
        status.getExitCode(),
        status.getReason(),
        message,
        new ImageUse(status.getImage().getImage(), status.getImageRef()),
        user);
  }

  private static State state(ContainerState state) {
    return switch (state) {
      case CONTAINER_CREATED -> State.CREATED;
      case CONTAINER_RUNNING -> State.RUNNING;
      case CONTAINER_EXITED -> State.EXITED;
      case CONTAINER_UNKNOWN, UNRECOGNIZED -> State.UNKNOWN;
    };
  }

  private static Instant instant(long epochNanos) {
    return Instant.ofEpochSecond(Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L));
  }
}
