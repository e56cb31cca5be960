package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.container.DownwardFields;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.container.SandboxConfigs;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import io.kubrig.kubelet.pod.SyncPlan.Kill;
import io.kubrig.kubelet.pod.SyncPlan.SandboxStep;
import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.kubelet.status.StatusInput.Waiting;
import io.kubrig.machinery.duration.GoDuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Carries out a {@link SyncPlan}: the only place that changes a pod's containers. */
final class PodActor {
  private final ContainerRuntime runtime;
  private final SandboxConfigs sandboxes;
  private final ContainerStarter starter;
  private final ContainerKiller killer;
  private final RuntimeReader reader;
  private final PodEvents events;
  private final PodPaths paths;
  private final Backoff crashes;

  PodActor(
      ContainerRuntime runtime, SandboxConfigs sandboxes, ContainerStarter starter, ContainerKiller killer, PodEvents events,
          PodPaths paths, Backoff crashes) {
    this.runtime = runtime;
    this.sandboxes = sandboxes;
    this.starter = starter;
    this.killer = killer;
    this.reader = new RuntimeReader(runtime);
    this.events = events;
    this.paths = paths;
    this.crashes = crashes;
  }

  /**
   * What an application led to.
   *
   * @param again after how long the pod should be looked at again; null when nothing is outstanding
   */
  record Result(Duration again) {}

  /** What a pod needs beyond its specification. */
  record Surroundings(List<String> hostIps, String nodeName, Map<String, io.fabric8.kubernetes.api.model.Quantity> allocatable,
      Map<String, Path> volumes) {}

  /**
   * Does what the plan says, as far as it can be done now.
   *
   * @param waiting is told why containers could not be started, and relieved of those that could
   */
  Result apply(Pod pod, RuntimePod observed, SyncPlan plan, Surroundings around, Map<String, Waiting> waiting)
      throws InterruptedException, IOException {
    String ip = observed.ips().stream().findFirst().orElse("");
    switch (plan.sandbox()) {
      case SandboxStep.Stop ignored -> {
        killer.killPod(pod, observed, ContainerKiller.grace(pod));
        return new Result(null);
      }
      case SandboxStep.Create create -> {
        if (create.replaces()) {
          events.normal(pod, "", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
          killer.killPod(pod, observed, ContainerKiller.grace(pod));
        }
        Optional<String> made = createSandbox(pod, create.attempt());
        return made.isEmpty() ? new Result(Duration.ofSeconds(10)) : startAll(pod, plan, made.get(), create.attempt(), around, waiting);
      }
      case SandboxStep.Keep keep -> {
        for (Kill kill : plan.kills()) {
          killer.kill(pod, kill, ip);
        }
        boolean starts = !plan.init().isEmpty() || !plan.regular().isEmpty() || !plan.ephemeral().isEmpty();
        int attempt = observed.newestSandbox().map(RuntimePod.Sandbox::attempt).orElse(0);
        return starts ? startAll(pod, plan, keep.id(), attempt, around, waiting) : new Result(null);
      }
    }
  }

  /** Ends everything of the pod. */
  void stop(Pod pod, RuntimePod observed, Duration grace) throws InterruptedException {
    killer.killPod(pod, observed, grace);
  }

  /** Makes the runtime forget an ended pod, and removes its logs. */
  void forget(Pod pod, RuntimePod observed) throws IOException {
    for (Instance run : observed.containers()) {
      runtime.removeContainer(run.id());
      Files.deleteIfExists(paths.logLink(observed.namespace(), observed.name(), run.name(), run.id()));
    }
    for (RuntimePod.Sandbox sandbox : observed.sandboxes()) {
      runtime.stopSandbox(sandbox.id());
      runtime.removeSandbox(sandbox.id());
    }
    FileTree.delete(paths.logs(observed.namespace(), observed.name(), observed.uid()));
    crashes.forgetAll(observed.uid() + "_");
  }

  private Optional<String> createSandbox(Pod pod, int attempt) throws IOException {
    Files.createDirectories(paths.logs(pod));
    SandboxConfigs.Described described = sandboxes.describe(pod, attempt);
    described.dnsComplaints().forEach(complaint -> events.warning(pod, "", "DNSConfigForming", complaint));
    try {
      String handler = "";
      return Optional.of(runtime.runSandbox(described.config(), handler));
    } catch (CriException e) {
      events.warning(pod, "", "FailedCreatePodSandBox", "Failed to create pod sandbox: " + e.rpcMessage());
      return Optional.empty();
    }
  }

  private Result startAll(Pod pod, SyncPlan plan, String sandboxId, int attempt, Surroundings around, Map<String, Waiting> waiting)
      throws InterruptedException, IOException {
    RuntimePod fresh = reader.read(pod.getMetadata().getUid(), pod.getMetadata().getNamespace(), pod.getMetadata().getName());
    List<String> ips = Containers.isHostNetwork(pod) ? around.hostIps() : fresh.ips();
    DownwardFields.Place place = new DownwardFields.Place(around.nodeName(), around.hostIps(), ips, around.allocatable());
    PodSandboxConfig config = sandboxes.describe(pod, attempt).config();
    ContainerStarter.Into into = new ContainerStarter.Into(sandboxId, config, fresh, place, around.volumes());
    List<Container> containers = new ArrayList<>(plan.ephemeral());
    containers.addAll(plan.init());
    containers.addAll(plan.regular());
    Duration again = null;
    for (Container container : containers) {
      Optional<Duration> wait = startOne(pod, container, into, waiting);
      if (wait.isPresent() && (again == null || wait.get().compareTo(again) < 0)) {
        again = wait.get();
      }
    }
    return new Result(again);
  }

  /** Returns after how long to try again; empty when the container runs. */
  private Optional<Duration> startOne(Pod pod, Container container, ContainerStarter.Into into, Map<String, Waiting> waiting)
      throws InterruptedException {
    String key = pod.getMetadata().getUid() + "_" + container.getName() + "_" + Containers.hash(container);
    Optional<Instance> ended = into.observed().latest(container.getName()).filter(Instance::exited);
    if (ended.isPresent()) {
      Duration left = crashes.remaining(key, ended.get().times().finished());
      if (left.isPositive()) {
        events.warning(pod, container.getName(), "BackOff",
            "Back-off restarting failed container " + container.getName() + " in pod " + Containers.describe(pod));
        waiting.put(container.getName(), new Waiting("CrashLoopBackOff",
            "back-off " + GoDuration.format(crashes.delay(key)) + " restarting failed container=" + container.getName() + " pod="
                + Containers.describe(pod)));
        return Optional.of(left);
      }
      crashes.failed(key, ended.get().times().finished());
    }
    Optional<StartFailure> failure = starter.start(pod, container, into);
    if (failure.isPresent()) {
      waiting.put(container.getName(), new Waiting(failure.get().reason(), failure.get().message()));
      return Optional.of(Duration.ofSeconds(10));
    }
    waiting.remove(container.getName());
    return Optional.empty();
  }
}
