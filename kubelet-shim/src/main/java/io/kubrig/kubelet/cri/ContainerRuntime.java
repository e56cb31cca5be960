package io.kubrig.kubelet.cri;

import io.kubrig.kubelet.cri.v1.AttachRequest;
import io.kubrig.kubelet.cri.v1.AuthConfig;
import io.kubrig.kubelet.cri.v1.Container;
import io.kubrig.kubelet.cri.v1.ContainerConfig;
import io.kubrig.kubelet.cri.v1.ContainerStats;
import io.kubrig.kubelet.cri.v1.ContainerStatus;
import io.kubrig.kubelet.cri.v1.ExecRequest;
import io.kubrig.kubelet.cri.v1.FilesystemUsage;
import io.kubrig.kubelet.cri.v1.Image;
import io.kubrig.kubelet.cri.v1.LinuxContainerResources;
import io.kubrig.kubelet.cri.v1.PodSandbox;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import io.kubrig.kubelet.cri.v1.PodSandboxStats;
import io.kubrig.kubelet.cri.v1.PodSandboxStatus;
import io.kubrig.kubelet.cri.v1.RuntimeStatus;
import io.kubrig.kubelet.cri.v1.VersionResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container runtime as the kubelet sees it: the calls of the Container Runtime Interface v1, blocking, with the envelopes taken off.
 *
 * <p><b>Errors</b>: every method throws {@link CriException} when the runtime answers with an error or cannot be reached.
 */
public interface ContainerRuntime extends AutoCloseable {

  /** Name and version of the runtime. */
  VersionResponse version();

  /** The conditions {@code RuntimeReady} and {@code NetworkReady}. */
  RuntimeStatus status();

  /** Tells the runtime the range of addresses for the pods of this node. */
  void updatePodCidr(String podCidr);

  /** Makes the namespaces and the network of a pod; returns the sandbox's identifier. */
  String runSandbox(PodSandboxConfig config, String runtimeHandler);

  /** Ends every process of a sandbox and frees its network; does nothing on a stopped one. */
  void stopSandbox(String sandboxId);

  /** Forgets a sandbox and its containers. */
  void removeSandbox(String sandboxId);

  /** The sandboxes that carry all the labels, whatever their state. */
  List<PodSandbox> sandboxes(Map<String, String> labels);

  /** A sandbox with its addresses; empty when the runtime does not know it any more. */
  Optional<PodSandboxStatus> sandbox(String sandboxId);

  /** Makes a container, not yet running; returns its identifier. */
  String createContainer(String sandboxId, ContainerConfig config, PodSandboxConfig sandbox);

  void startContainer(String containerId);

  /** Asks a container to end, and kills it when the time is over. */
  void stopContainer(String containerId, Duration grace);

  void removeContainer(String containerId);

  /** The containers that carry all the labels, whatever their state. */
  List<Container> containers(Map<String, String> labels);

  /** A container; empty when the runtime does not know it any more. */
  Optional<ContainerStatus> container(String containerId);

  void updateResources(String containerId, LinuxContainerResources resources);

  /** Makes the runtime open the container's log file anew, after it was moved away. */
  void reopenLog(String containerId);

  /** Runs a command inside a container and waits for its end. */
  ExecOutcome exec(String containerId, List<String> command, Duration timeout);

  /** The address at which the runtime serves the streams of a command. */
  String execAddress(ExecRequest request);

  /** The address at which the runtime serves the streams of a container's first process. */
  String attachAddress(AttachRequest request);

  /** The address at which the runtime forwards connections to ports of a sandbox. */
  String portForwardAddress(String sandboxId, List<Integer> ports);

  List<ContainerStats> containerStats();

  List<PodSandboxStats> sandboxStats();

  List<Image> images();

  /** An image by name or identifier; empty when it is not there. */
  Optional<Image> image(String name);

  /** Fetches an image from its registry; returns its identifier. */
  String pullImage(String name, AuthConfig auth, PodSandboxConfig sandbox);

  void removeImage(String name);

  /** The file systems that hold images. */
  List<FilesystemUsage> imageFilesystems();

  @Override
  void close();

  /** What a command inside a container printed and how it ended. */
  record ExecOutcome(int exitCode, byte[] stdout, byte[] stderr) {}
}
