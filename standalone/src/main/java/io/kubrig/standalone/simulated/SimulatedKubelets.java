package io.kubrig.standalone.simulated;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.apiserver.http.Handler;
import io.kubrig.apiserver.proxy.LocalKubelets;
import io.kubrig.machinery.clock.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What the kubelets of simulated nodes know and answer: the logs that the containers of their pods have written, and what commands in them
 * do. Give it to the API server, so that it asks here and not the network, and to {@link SimulatedNodes}, which tells it what runs.
 */
public final class SimulatedKubelets implements LocalKubelets, AutoCloseable {
  private static final ExecHandler NOTHING_INSTALLED = call -> {
    call.printError("exec: \"" + call.command().getFirst() + "\": executable file not found in $PATH: the containers of simulated pods "
        + "have only the commands that a test gives them");
    return 127;
  };

  private final Clock clock;
  private final KubeletRoutes routes = new KubeletRoutes(this);
  private final Set<String> nodes = ConcurrentHashMap.newKeySet();
  private final Map<String, Pod> pods = new ConcurrentHashMap<>(); // by namespace/name
  private final Map<ContainerName, Runs> runs = new ConcurrentHashMap<>();
  private final Map<String, ExecHandler> handlers = new ConcurrentHashMap<>(); // by namespace/name
  private volatile ExecHandler handler = NOTHING_INSTALLED;

  /** A container of a pod, whatever pods of the same name came before or will come. */
  private record ContainerName(String podUid, String container) {}

  /**
   * The runs of a container of which logs are kept.
   *
   * @param number how often it was restarted before the last one
   * @param previous null when there is none
   */
  private record Runs(int number, ContainerLog last, ContainerLog previous) {}

  public SimulatedKubelets(Clock clock) {
    this.clock = clock;
  }

  /** The same logs and handlers, to go their own way. */
  public SimulatedKubelets copy(Clock otherClock) {
    SimulatedKubelets copy = new SimulatedKubelets(otherClock);
    copy.nodes.addAll(nodes);
    copy.pods.putAll(pods);
    copy.handlers.putAll(handlers);
    copy.handler = handler;
    runs.forEach((name, known) ->
        copy.runs.put(name, new Runs(known.number, known.last.copy(), known.previous == null ? null : known.previous.copy())));
    return copy;
  }

  @Override
  public Optional<Handler> of(String node) {
    return nodes.contains(node) ? Optional.of(routes) : Optional.empty();
  }

  /** From now on these nodes are answered for. */
  void serve(Collection<String> names) {
    nodes.addAll(names);
  }

  Clock clock() {
    return clock;
  }

  // ---- what runs -----------------------------------------------------------------------------------------------------

  /** Notes which containers run or have ended, by the statuses of a pod. */
  void seen(Pod pod, PodScript script) {
    pods.put(key(pod.getMetadata().getNamespace(), pod.getMetadata().getName()), pod);
    if (pod.getStatus() != null) {
      Stream.of(pod.getStatus().getInitContainerStatuses(), pod.getStatus().getContainerStatuses()).flatMap(List::stream)
          .filter(status -> status.getState() != null)
          .forEach(status -> seen(pod, status, script));
    }
  }

  private void seen(Pod pod, ContainerStatus status, PodScript script) {
    boolean ended = status.getState().getTerminated() != null;
    if (!ended && status.getState().getRunning() == null) {
      return;
    }
    runs.compute(new ContainerName(pod.getMetadata().getUid(), status.getName()), (name, known) -> {
      Runs now = known;
      if (known == null || known.number < status.getRestartCount()) {
        ContainerLog log = new ContainerLog();
        log.append(clock.now(), script.prints(pod, status.getName()));
        if (known != null) {
          known.last.end();
        }
        now = new Runs(status.getRestartCount(), log, known == null ? null : known.last);
      }
      if (ended && now.number == status.getRestartCount()) {
        now.last.end();
      }
      return now;
    });
  }

  /** Forgets a pod that is there no more. */
  void gone(Pod pod) {
    pods.computeIfPresent(key(pod.getMetadata().getNamespace(), pod.getMetadata().getName()),
        (key, known) -> known.getMetadata().getUid().equals(pod.getMetadata().getUid()) ? null : known);
    runs.entrySet().removeIf(entry -> {
      boolean its = entry.getKey().podUid.equals(pod.getMetadata().getUid());
      if (its) {
        entry.getValue().last.end();
      }
      return its;
    });
  }

  Optional<Pod> pod(String namespace, String name) {
    return Optional.ofNullable(pods.get(key(namespace, name)));
  }

  List<Pod> pods() {
    return List.copyOf(pods.values());
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }

  /** The log of the last run of a container, or of the one before. */
  Optional<ContainerLog> log(Pod pod, String container, boolean previous) {
    return Optional.ofNullable(runs.get(new ContainerName(pod.getMetadata().getUid(), container)))
        .map(known -> previous ? known.previous : known.last);
  }

  /** Whether a container runs now. */
  boolean runs(Pod pod, String container) {
    return log(pod, container, false).filter(log -> !log.hasEnded()).isPresent();
  }

  // ---- what tests say ------------------------------------------------------------------------------------------------

  /**
   * Lets a container write lines to its log, at this moment.
   *
   * @param container "" for the first one of the pod
   * @throws IllegalStateException when it does not run on a simulated node
   */
  public void write(String namespace, String podName, String container, List<String> lines) {
    String what = "pod " + namespace + "/" + podName;
    Pod pod = pod(namespace, podName).orElseThrow(() -> new IllegalStateException(what + " is on no simulated node"));
    List<String> names = pod.getSpec().getContainers().stream().map(Container::getName).toList();
    String name = container.isEmpty() ? names.getFirst() : container;
    ContainerLog log = log(pod, name, false).filter(known -> !known.hasEnded())
        .orElseThrow(() -> new IllegalStateException("container " + name + " of " + what + " does not run"));
    log.append(clock.now(), lines);
  }

  /** Answers commands in the pods that have no handler of their own. */
  public void onExec(ExecHandler other) {
    handler = other;
  }

  /** Answers commands in a pod, whether it is there already or not. */
  public void onExec(String namespace, String podName, ExecHandler own) {
    handlers.put(key(namespace, podName), own);
  }

  ExecHandler handler(Pod pod) {
    return handlers.getOrDefault(key(pod.getMetadata().getNamespace(), pod.getMetadata().getName()), handler);
  }

  /** Ends all logs, so that nobody waits for more. */
  @Override
  public void close() {
    runs.values().forEach(known -> known.last.end());
    routes.close();
  }
}
