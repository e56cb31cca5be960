package io.kubrig.kubelet.status;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.pod.Containers;
import java.util.List;
import java.util.Optional;

/** The phase of a pod as it follows from its containers' statuses. Source: the API's {@code status.phase}. */
final class PhaseRule {
  private PhaseRule() {}

  static String phase(Pod pod, List<ContainerStatus> init, List<ContainerStatus> regular, boolean finished) {
    boolean restarts = !"Never".equals(pod.getSpec().getRestartPolicy());
    int pendingInit = 0;
    boolean failedInit = false;
    boolean ranRegular = regular.stream()
        .anyMatch(status -> status.getState().getRunning() != null || status.getState().getTerminated() != null || lastTerminated(status));
    for (Container container : pod.getSpec().getInitContainers()) {
      Optional<ContainerStatus> status = find(init, container.getName());
      if (Containers.isSidecar(container)) {
        pendingInit += status.isPresent() && (Boolean.TRUE.equals(status.get().getStarted()) || ranRegular) ? 0 : 1;
      } else {
        boolean done = status.isPresent() && endedWell(status.get());
        boolean failed = status.isPresent() && !done && status.get().getState().getTerminated() != null && !restarts;
        failedInit |= failed;
        pendingInit += done || failed || ranRegular ? 0 : 1;
      }
    }
    if (failedInit) {
      return "Failed";
    }
    if (pendingInit > 0 && !finished) {
      return "Pending";
    }
    return ofRegular(pod, regular, finished);
  }

  private static String ofRegular(Pod pod, List<ContainerStatus> regular, boolean finished) {
    int running = 0;
    int waiting = 0;
    int stopped = 0;
    int succeeded = 0;
    for (ContainerStatus status : regular) {
      if (status.getState().getRunning() != null) {
        running++;
      } else if (status.getState().getTerminated() != null) {
        stopped++;
        succeeded += status.getState().getTerminated().getExitCode() == 0 ? 1 : 0;
      } else if (lastTerminated(status)) {
        stopped++;
      } else {
        waiting++;
      }
    }
    if (waiting > 0 && !finished) {
      return "Pending";
    }
    if (running > 0) {
      return "Running";
    }
    if (stopped == 0) {
      return finished ? "Failed" : "Pending";
    }
    boolean allWell = stopped == succeeded && waiting == 0;
    if (finished) {
      return allWell ? "Succeeded" : "Failed";
    }
    boolean goesOn = pod.getSpec().getContainers().stream()
        .anyMatch(container -> restarts(pod, container, find(regular, container.getName())));
    return goesOn ? "Running" : allWell ? "Succeeded" : "Failed";
  }

  private static boolean restarts(Pod pod, Container container, Optional<ContainerStatus> status) {
    if (status.isEmpty() || status.get().getState().getTerminated() == null) {
      return true;
    }
    return Containers.restarts(pod, container, status.get().getState().getTerminated().getExitCode());
  }

  private static boolean endedWell(ContainerStatus status) {
    return status.getState().getTerminated() != null && status.getState().getTerminated().getExitCode() == 0;
  }

  private static boolean lastTerminated(ContainerStatus status) {
    return status.getLastState() != null && status.getLastState().getTerminated() != null;
  }

  private static Optional<ContainerStatus> find(List<ContainerStatus> statuses, String name) {
    return statuses.stream().filter(status -> status.getName().equals(name)).findFirst();
  }
}
