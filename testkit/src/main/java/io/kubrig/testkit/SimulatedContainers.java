package io.kubrig.testkit;

import io.kubrig.standalone.simulated.ExecHandler;
import io.kubrig.standalone.simulated.SimulatedKubelets;
import java.util.List;

/**
 * The containers of pods on simulated nodes: what they write to their logs and what commands in them do. Clients read and run it with
 * {@code getLog}, {@code watchLog}, {@code exec} and {@code attach}, as on a cluster.
 *
 * <pre>{@code
 * cluster.containers().onExec(call -> {
 *   call.print("hello from " + call.pod().getMetadata().getName());
 *   return 0;
 * });
 * cluster.containers().pod("default", "web-0").logs("GET / 200");
 * }</pre>
 */
public final class SimulatedContainers {
  private final SimulatedKubelets kubelets;

  SimulatedContainers(SimulatedKubelets kubelets) {
    this.kubelets = kubelets;
  }

  /** Answers commands in all pods that have no handler of their own. Without any, every command ends with 127. */
  public SimulatedContainers onExec(ExecHandler handler) {
    kubelets.onExec(handler);
    return this;
  }

  /** A pod, there already or not. */
  public OfPod pod(String namespace, String name) {
    return new OfPod(namespace, name);
  }

  /** The containers of one pod. */
  public final class OfPod {
    private final String namespace;
    private final String name;

    private OfPod(String namespace, String name) {
      this.namespace = namespace;
      this.name = name;
    }

    /**
     * Lets the first container write lines to its log, at this moment.
     *
     * @throws IllegalStateException when it does not run on a simulated node
     */
    public OfPod logs(String... lines) {
      return logsOf("", lines);
    }

    /** As {@link #logs}, of a certain container. */
    public OfPod logsOf(String container, String... lines) {
      kubelets.write(namespace, name, container, List.of(lines));
      return this;
    }

    /** Answers commands in this pod. */
    public OfPod onExec(ExecHandler handler) {
      kubelets.onExec(namespace, name, handler);
      return this;
    }
  }
}
