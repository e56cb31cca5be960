package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.kubrig.kubelet.container.Qos;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.RuntimePod;
import java.util.ArrayList;
import java.util.List;

/** The status of a pod in the API: a pure function of {@link StatusInput}. */
public final class PodStatuses {
  private PodStatuses() {}

  public static PodStatus of(StatusInput input) {
    Pod pod = input.pod();
    PodStatus before = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
    ContainerStatuses statuses = new ContainerStatuses(input);
    List<ContainerStatus> init = statuses.of(pod.getSpec().getInitContainers(), before.getInitContainerStatuses(), true);
    List<ContainerStatus> regular = statuses.of(pod.getSpec().getContainers(), before.getContainerStatuses(), false);
    List<Container> debugging = Containers.ephemeral(pod).stream()
        .filter(c -> input.observed().latest(c.getName()).isPresent() || input.waiting().containsKey(c.getName())).toList();
    String phase = phase(input, init, regular, before);
    boolean sandboxReady = input.observed().newestSandbox().map(RuntimePod.Sandbox::ready).orElse(false);
    PodStatusBuilder status =
        new PodStatusBuilder()
            .withObservedGeneration(pod.getMetadata().getGeneration())
            .withPhase(phase)
            .withConditions(new PodConditions(pod, input.now()).all(sandboxReady, init, regular, phase))
            .withInitContainerStatuses(init)
            .withContainerStatuses(regular)
            .withEphemeralContainerStatuses(statuses.of(debugging, before.getEphemeralContainerStatuses(), false))
            .withQosClass(Qos.of(pod).label())
            .withStartTime(before.getStartTime() == null ? ContainerStatuses.time(input.now()) : before.getStartTime())
            .withNominatedNodeName(before.getNominatedNodeName())
            .withResourceClaimStatuses(before.getResourceClaimStatuses())
            .withReason(input.failure() == null ? before.getReason() : input.failure().reason())
            .withMessage(input.failure() == null ? before.getMessage() : input.failure().message());
    addresses(input, status, before);
    return status.build();
  }

  /** What the kubelet knows of a pod, with the conditions that others set in the cluster meanwhile. */
  public static PodStatus merged(PodStatus own, PodStatus fromCluster) {
    if (fromCluster == null || fromCluster.getConditions() == null) {
      return own;
    }
    List<PodCondition> conditions = new ArrayList<>(own.getConditions());
    conditions.removeIf(condition -> !PodConditions.isOwned(condition));
    fromCluster.getConditions().stream().filter(condition -> !PodConditions.isOwned(condition)).forEach(conditions::add);
    return new PodStatusBuilder(own).withConditions(conditions).build();
  }

  private static String phase(StatusInput input, List<ContainerStatus> init, List<ContainerStatus> regular, PodStatus before) {
    if (input.failure() != null) {
      return "Failed";
    }
    // a pod that has ended never comes back
    if ("Succeeded".equals(before.getPhase()) || "Failed".equals(before.getPhase())) {
      return before.getPhase();
    }
    return PhaseRule.phase(input.pod(), init, regular, input.finished());
  }

  private static void addresses(StatusInput input, PodStatusBuilder status, PodStatus before) {
    if (!input.hostIps().isEmpty()) {
      status.withHostIP(input.hostIps().getFirst()).withHostIPs(input.hostIps().stream().map(HostIP::new).toList());
    }
    List<String> ips = Containers.isHostNetwork(input.pod()) ? input.hostIps() : input.observed().ips();
    if (!ips.isEmpty() && !input.observed().sandboxes().isEmpty()) {
      status.withPodIP(ips.getFirst()).withPodIPs(ips.stream().map(PodIP::new).toList());
    } else if (input.finished()) {
      // the addresses of an ended pod stay readable, although the network took them back
      status.withPodIP(before.getPodIP()).withPodIPs(before.getPodIPs());
    }
  }
}
