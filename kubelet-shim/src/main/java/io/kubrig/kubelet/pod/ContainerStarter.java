package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EphemeralContainer;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.cluster.ClusterObjects.ClusterException;
import io.kubrig.kubelet.container.ContainerConfigException;
import io.kubrig.kubelet.container.ContainerConfigs;
import io.kubrig.kubelet.container.DownwardFields;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.ContainerConfig;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import io.kubrig.kubelet.image.ImagePuller;
import io.kubrig.kubelet.pod.RuntimePod.Instance;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts one container: its image, the container, its first process, its postStart hook. */
final class ContainerStarter {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerStarter.class);

  private final ContainerRuntime runtime;
  private final ImagePuller images;
  private final ContainerConfigs configs;
  private final LifecycleHooks hooks;
  private final PodEvents events;
  private final PodPaths paths;

  ContainerStarter(ContainerRuntime runtime, ImagePuller images, ContainerConfigs configs, LifecycleHooks hooks, PodEvents events,
      PodPaths paths) {
    this.runtime = runtime;
    this.images = images;
    this.configs = configs;
    this.hooks = hooks;
    this.events = events;
    this.paths = paths;
  }

  /** Where a container is started. */
  record Into(String sandboxId, PodSandboxConfig sandbox, RuntimePod observed, DownwardFields.Place place, Map<String, Path> volumes) {}

  /** Empty when the container runs. */
  Optional<StartFailure> start(Pod pod, Container container, Into into) throws InterruptedException {
    ImagePuller.Outcome image = images.ensure(pod, container, into.sandbox());
    if (image instanceof ImagePuller.Outcome.Absent absent) {
      events.warning(pod, container.getName(), "Failed", "Error: " + absent.reason());
      return Optional.of(new StartFailure(absent.reason(), absent.message()));
    }
    ImagePuller.Outcome.Present present = (ImagePuller.Outcome.Present) image;
    int restartCount = restartCount(pod, container, into.observed());
    ContainerConfig config;
    try {
      Files.createDirectories(paths.log(pod, container.getName(), restartCount).getParent());
      config = configs.describe(pod, container,
          new ContainerConfigs.Start(restartCount, into.place(), into.volumes(), present.reference(), Optional.of(present.image()),
          target(pod, container, into.observed())));
    } catch (ContainerConfigException | IOException | ClusterException e) {
      events.warning(pod, container.getName(), "Failed", "Error: " + e.getMessage());
      return Optional.of(new StartFailure("CreateContainerConfigError", e.getMessage()));
    }
    return create(pod, container, into, config);
  }

  private Optional<StartFailure> create(Pod pod, Container container, Into into, ContainerConfig config) throws InterruptedException {
    String id;
    try {
      id = runtime.createContainer(into.sandboxId(), config, into.sandbox());
    } catch (CriException e) {
      events.warning(pod, container.getName(), "Failed", "Error: " + e.getMessage());
      return Optional.of(new StartFailure("CreateContainerError", e.getMessage()));
    }
    events.normal(pod, container.getName(), "Created", "Container created");
    try {
      runtime.startContainer(id);
    } catch (CriException e) {
      events.warning(pod, container.getName(), "Failed", "Error: " + e.getMessage());
      return Optional.of(new StartFailure("RunContainerError", e.getMessage()));
    }
    events.normal(pod, container.getName(), "Started", "Container started");
    link(pod, container, id, Path.of(into.sandbox().getLogDirectory(), config.getLogPath()));
    return postStart(pod, container, id, into);
  }

  private Optional<StartFailure> postStart(Pod pod, Container container, String id, Into into) throws InterruptedException {
    if (container.getLifecycle() == null || container.getLifecycle().getPostStart() == null) {
      return Optional.empty();
    }
    String ip = into.place().podIps().stream().findFirst().orElse("");
    Optional<String> failure = hooks.run(container.getLifecycle().getPostStart(), container, id, ip, Duration.ZERO);
    if (failure.isEmpty()) {
      return Optional.empty();
    }
    LOG.warn("PostStart hook of container {} in pod {} failed: {}", container.getName(), Containers.describe(pod), failure.get());
    events.warning(pod, container.getName(), "FailedPostStartHook", "PostStartHook failed");
    events.normal(pod, container.getName(), "Killing", "FailedPostStartHook");
    runtime.stopContainer(id, ContainerKiller.grace(pod));
    return Optional.of(new StartFailure("PostStartHookError", failure.get()));
  }

  /** Counts on from the newest run; when the runtime forgot it, from what was reported. */
  private int restartCount(Pod pod, Container container, RuntimePod observed) {
    Optional<Instance> newest = observed.latest(container.getName());
    if (newest.isPresent()) {
      return newest.get().restartCount() + 1;
    }
    if (pod.getStatus() == null) {
      return 0;
    }
    return Stream.concat(pod.getStatus().getContainerStatuses().stream(),
        pod.getStatus().getInitContainerStatuses().stream())
        .filter(status -> status.getName().equals(container.getName()) && status.getContainerID() != null)
        .map(status -> status.getRestartCount() + 1)
        .findFirst()
        .orElse(0);
  }

  /** The run whose processes a debugging container wants to see; empty for every other container. */
  private static String target(Pod pod, Container container, RuntimePod observed) {
    return pod.getSpec().getEphemeralContainers().stream()
        .filter(ephemeral -> ephemeral.getName().equals(container.getName()))
        .map(EphemeralContainer::getTargetContainerName)
        .filter(name -> name != null && !name.isEmpty())
        .flatMap(name -> observed.latest(name).stream())
        .map(Instance::id)
        .findFirst()
        .orElse("");
  }

  private void link(Pod pod, Container container, String id, Path log) {
    Path link = paths.logLink(pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container.getName(), id);
    try {
      Files.createDirectories(link.getParent());
      if (!Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
        Files.createSymbolicLink(link, log);
      }
    } catch (IOException e) {
      LOG.warn("Cannot link log {} as {}: {}", log, link, e.getMessage());
    }
  }
}
