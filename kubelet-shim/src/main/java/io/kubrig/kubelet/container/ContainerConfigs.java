package io.kubrig.kubelet.container;

import com.google.protobuf.ByteString;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.cri.v1.ContainerConfig;
import io.kubrig.kubelet.cri.v1.ContainerMetadata;
import io.kubrig.kubelet.cri.v1.Image;
import io.kubrig.kubelet.cri.v1.ImageSpec;
import io.kubrig.kubelet.cri.v1.KeyValue;
import io.kubrig.kubelet.cri.v1.LinuxContainerConfig;
import io.kubrig.kubelet.cri.v1.Mount;
import io.kubrig.kubelet.cri.v1.MountPropagation;
import io.kubrig.kubelet.pod.Containers;
import io.kubrig.kubelet.pod.RuntimeLabels;
import io.kubrig.kubelet.posix.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Describes a container to the runtime. */
public final class ContainerConfigs {
  private static final String ETC_HOSTS = "/etc/hosts";

  private final PodPaths paths;
  private final SandboxConfigs sandboxes;
  private final SecurityContexts security;
  private final Environment environment;
  private final NodeFacts node;
  private final RandomGenerator random;

  /** What the node gives to every container. {@code memoryCapacity} in bytes. */
  public record NodeFacts(String name, long memoryCapacity, boolean cpuQuota) {}

  ContainerConfigs(
      PodPaths paths, SandboxConfigs sandboxes, SecurityContexts security, ClusterObjects cluster, NodeFacts node, RandomGenerator random) {
    this.paths = paths;
    this.sandboxes = sandboxes;
    this.security = security;
    this.environment = new Environment(cluster);
    this.node = node;
    this.random = random;
  }

  /**
   * What is known when a container is about to be made.
   *
   * @param volumes where each volume of the pod lies on this machine
   * @param imageId the content to run
   * @param targetId the run whose processes a debugging container is to see; empty for others
   */
  public record Start(int restartCount, DownwardFields.Place place, Map<String, Path> volumes, String imageId, Optional<Image> image,
      String targetId) {}

  /** @throws ContainerConfigException when the container cannot be made as it is specified */
  public ContainerConfig describe(Pod pod, Container container, Start start) throws IOException {
    Map<String, String> variables = environment.of(pod, container, start.place());
    ContainerConfig.Builder config =
        ContainerConfig.newBuilder()
            .setMetadata(ContainerMetadata.newBuilder().setName(container.getName()).setAttempt(start.restartCount()))
            .setImage(ImageSpec.newBuilder().setImage(start.imageId()).setUserSpecifiedImage(container.getImage()))
            .setWorkingDir(container.getWorkingDir() == null ? "" : container.getWorkingDir())
            .putAllLabels(labels(pod, container))
            .putAllAnnotations(annotations(pod, container, start.restartCount()))
            .addAllMounts(mounts(pod, container, start, variables))
            .setLogPath(container.getName() + "/" + start.restartCount() + ".log")
            .setStdin(Boolean.TRUE.equals(container.getStdin()))
            .setStdinOnce(Boolean.TRUE.equals(container.getStdinOnce()))
            .setTty(Boolean.TRUE.equals(container.getTty()));
    container.getCommand().forEach(word -> config.addCommand(Expansion.expand(word, variables)));
    container.getArgs().forEach(word -> config.addArgs(Expansion.expand(word, variables)));
    variables.forEach((name, value) -> config.addEnvs(KeyValue.newBuilder().setKey(name).setValue(ByteString.copyFromUtf8(value))));
    return config
        .setLinux(
            LinuxContainerConfig.newBuilder()
                .setResources(CgroupResources.of(pod, container, node.memoryCapacity(), node.cpuQuota()))
                .setSecurityContext(security.container(pod, container, start.image(), start.targetId())))
        .build();
  }

  private static Map<String, String> labels(Pod pod, Container container) {
    return Map.of(
        RuntimeLabels.POD_NAME, pod.getMetadata().getName(),
        RuntimeLabels.POD_NAMESPACE, pod.getMetadata().getNamespace(),
        RuntimeLabels.POD_UID, pod.getMetadata().getUid(),
        RuntimeLabels.CONTAINER_NAME, container.getName());
  }

  private static Map<String, String> annotations(Pod pod, Container container, int restartCount) {
    Map<String, String> annotations = new HashMap<>();
    annotations.put(RuntimeLabels.CONTAINER_HASH, Containers.hash(container));
    annotations.put(RuntimeLabels.RESTART_COUNT, Integer.toString(restartCount));
    annotations.put(RuntimeLabels.TERMINATION_MESSAGE_PATH, container.getTerminationMessagePath() == null ? ""
        : container.getTerminationMessagePath());
    annotations.put(RuntimeLabels.TERMINATION_MESSAGE_POLICY, container.getTerminationMessagePolicy() == null ? ""
        : container.getTerminationMessagePolicy());
    if (pod.getMetadata().getDeletionGracePeriodSeconds() != null) {
      annotations.put(RuntimeLabels.POD_DELETION_GRACE_PERIOD, pod.getMetadata().getDeletionGracePeriodSeconds().toString());
    }
    if (pod.getSpec().getTerminationGracePeriodSeconds() != null) {
      annotations.put(RuntimeLabels.POD_TERMINATION_GRACE_PERIOD, pod.getSpec().getTerminationGracePeriodSeconds().toString());
    }
    return annotations;
  }

  private List<Mount> mounts(Pod pod, Container container, Start start, Map<String, String> variables) throws IOException {
    List<Mount> mounts = new ArrayList<>();
    boolean ownHosts = false;
    for (VolumeMount mount : container.getVolumeMounts()) {
      Path source = start.volumes().get(mount.getName());
      if (source == null) {
        throw new ContainerConfigException("cannot find volume \"" + mount.getName() + "\" to mount into container \""
            + container.getName() + "\"");
      }
      ownHosts |= mount.getMountPath().equals(ETC_HOSTS);
      mounts.add(
          Mount.newBuilder()
              .setHostPath(subPath(source, mount, variables).toString())
              .setContainerPath(absolute(mount.getMountPath()))
              .setReadonly(Boolean.TRUE.equals(mount.getReadOnly()))
              .setPropagation(propagation(mount.getMountPropagation()))
              .build());
    }
    if (!ownHosts && (!start.place().podIps().isEmpty() || Containers.isHostNetwork(pod))) {
      mounts.add(mount(hosts(pod, start.place().podIps()), ETC_HOSTS));
    }
    String messagePath = container.getTerminationMessagePath();
    if (messagePath != null && !messagePath.isEmpty()) {
      mounts.add(mount(terminationLog(pod, container), messagePath));
    }
    return mounts;
  }

  private static Mount mount(Path host, String inside) {
    return Mount.newBuilder().setHostPath(host.toString()).setContainerPath(inside).build();
  }

  private static String absolute(String path) {
    return path.startsWith("/") ? path : "/" + path;
  }

  private static MountPropagation propagation(String mode) {
    return switch (mode == null ? "None" : mode) {
      case "HostToContainer" -> MountPropagation.PROPAGATION_HOST_TO_CONTAINER;
      case "Bidirectional" -> MountPropagation.PROPAGATION_BIDIRECTIONAL;
      default -> MountPropagation.PROPAGATION_PRIVATE;
    };
  }

  /** A path inside a volume; links that lead out of the volume are refused. */
  private static Path subPath(Path volume, VolumeMount mount, Map<String, String> variables) throws IOException {
    String expression = mount.getSubPathExpr();
    String wanted = expression != null && !expression.isEmpty() ? Expansion.expand(expression, variables) : mount.getSubPath();
    if (wanted == null || wanted.isEmpty()) {
      return volume;
    }
    Path path = volume.resolve(wanted).normalize();
    if (wanted.startsWith("/") || List.of(wanted.split("/")).contains("..")) {
      throw new ContainerConfigException("subPath \"" + wanted + "\" must be a relative path without \"..\"");
    }
    if (!Files.exists(path)) {
      Files.createDirectories(path);
    }
    Path real = path.toRealPath();
    if (!real.startsWith(volume.toRealPath())) {
      throw new ContainerConfigException("subPath \"" + wanted + "\" leads out of its volume");
    }
    return real;
  }

  private Path hosts(Pod pod, List<String> ips) throws IOException {
    Path file = paths.hosts(pod.getMetadata().getUid());
    Files.createDirectories(file.getParent());
    Files.writeString(file, HostsFile.content(pod, ips, sandboxes.shortHostname(pod), sandboxes.domain(pod)));
    FileTree.mode(file, 0644);
    return file;
  }

  private Path terminationLog(Pod pod, Container container) throws IOException {
    Path directory = paths.container(pod.getMetadata().getUid(), container.getName());
    Files.createDirectories(directory);
    Path file = directory.resolve(HexFormat.of().toHexDigits(random.nextInt()));
    Files.createFile(file);
    // whatever user the container runs as has to be able to write it
    FileTree.mode(file, 0666);
    return file;
  }
}
