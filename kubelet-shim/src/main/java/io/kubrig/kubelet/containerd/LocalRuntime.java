package io.kubrig.kubelet.containerd;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.kubrig.kubelet.container.PodCgroups;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriClient;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.PodSandbox;
import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.kubelet.posix.Mounts;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.component.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything below the kubelet of a cluster that lives on one machine: our own containerd, the image of the sandboxes, and the network of
 * the pods as soon as the node has its range. All of it lies below one directory; {@link #reset} leaves nothing behind.
 */
public final class LocalRuntime implements AutoCloseable {
  /** The sandbox image of Kubernetes 1.36. */
  public static final String SANDBOX_IMAGE = "registry.k8s.io/pause:3.10.2";

  private static final Logger LOG = LoggerFactory.getLogger(LocalRuntime.class);
  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final int MAX_DEVICE_NAME = 15;

  private final Path directory;
  private final HostTools tools;
  private final ContainerdConfig config;
  private final ContainerdProcess process;
  private final Clock clock;
  private FutureTask<Void> image;
  private Thread follower;

  /**
   * Looks at the machine without changing it.
   *
   * @param directory of this cluster's runtime, kubelet and logs
   * @throws StartException when something is missing; the message says what to install
   */
  public LocalRuntime(Path directory, Clock clock) {
    this.directory = directory;
    this.clock = clock;
    this.tools =
        switch (HostTools.find()) {
          case HostTools.Finding.Complete complete -> complete.tools();
          case HostTools.Finding.Missing missing -> throw new StartException(missing.toString());
        };
    try {
      this.config = ContainerdConfig.detect(directory.resolve("containerd"), SANDBOX_IMAGE, tools, false, Posix.system());
    } catch (IOException e) {
      throw new StartException("containerd cannot use " + directory + ": " + e.getMessage(), e);
    }
    this.process = new ContainerdProcess(config, tools, clock);
  }

  /** Starts containerd; the sandbox image is seen to in the background, see {@link #awaitImage}. */
  public void start() throws InterruptedException {
    try {
      Files.createDirectories(directory);
      LOG.info("Starting containerd with snapshotter {}{}", config.snapshotter(), config.restrictOomScore()
          ? ", without the right to lower OOM scores" : "");
      process.start();
      image = new FutureTask<>(this::ensureImage);
      Thread.ofVirtual().name("sandbox-image").start(image);
    } catch (IOException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private Void ensureImage() throws IOException, InterruptedException {
    try (ContainerRuntime runtime = new CriClient(process.endpoint(), TIMEOUT)) {
      new SandboxImage(process, runtime, tools).ensure(SANDBOX_IMAGE);
    }
    return null;
  }

  /** Returns when pods can have sandboxes. */
  public void awaitImage() throws InterruptedException {
    try {
      image.get();
    } catch (ExecutionException e) {
      throw new StartException(e.getCause().getMessage(), e.getCause());
    }
  }

  /** What {@code --container-runtime-endpoint} is to be. */
  public String endpoint() {
    return process.endpoint();
  }

  /** Loads a docker archive, for a machine without a registry. */
  public void importImage(Path archive) throws IOException, InterruptedException {
    process.importImage(archive);
  }

  /** Waits in the background for the node's pod range, and sets the network up with it. */
  public void followPodCidr(KubernetesClient client, String nodeName) {
    follower = Thread.ofVirtual().name("pod-network").start(() -> {
      try {
        while (!configured(client, nodeName)) {
          clock.sleep(POLL);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  private boolean configured(KubernetesClient client, String nodeName) {
    try {
      Node node = client.nodes().withName(nodeName).get();
      List<String> ranges = node == null ? List.of() : node.getSpec().getPodCIDRs();
      if (ranges == null || ranges.isEmpty()) {
        return false;
      }
      useRanges(ranges);
      return true;
    } catch (KubernetesClientException e) {
      LOG.debug("The node's pod range is not known yet: {}", e.getMessage());
      return false;
    } catch (StartException e) {
      LOG.error("The network keeps its range: {}", e.getMessage());
      return true;
    }
  }

  /** Sets the network up for ranges of addresses. */
  public void useRanges(List<String> podCidrs) {
    try {
      config.network(bridge()).write(podCidrs);
      LOG.info("Pods get addresses of {} on {}", podCidrs, bridge());
    } catch (IOException e) {
      throw new StartException("the pods' network cannot be configured: " + e.getMessage(), e);
    }
  }

  /** The name of the bridge: the same for the same directory, different for others. */
  String bridge() {
    String name = "kbr" + Integer.toHexString(directory.toAbsolutePath().normalize().toString().hashCode());
    return name.substring(0, Math.min(MAX_DEVICE_NAME, name.length()));
  }

  /** The control group below which this cluster's pods are to lie: {@code --cgroup-root}. */
  public String cgroupRoot() {
    return "kubrig-" + bridge().substring("kbr".length());
  }

  /** Ends containerd; the pods go on. */
  @Override
  public void close() {
    if (follower != null) {
      follower.interrupt();
    }
    process.close();
  }

  /**
   * Ends all pods and containerd and removes everything that it, the kubelet and the pods left: processes, mounts, network namespaces,
   * devices, control groups, the directory. Starts containerd once more when it does not run, because only it can take rules and addresses
   * back.
   */
  public void reset() throws IOException, InterruptedException {
    Posix posix = Posix.system();
    try (ContainerRuntime runtime = new CriClient(process.endpoint(), TIMEOUT)) {
      process.start();
      for (PodSandbox sandbox : runtime.sandboxes(Map.of())) {
        runtime.stopSandbox(sandbox.getId());
        runtime.removeSandbox(sandbox.getId());
      }
    } catch (IOException | CriException e) {
      LOG.warn("The pods could not be ended one by one: {}", e.getMessage());
    }
    process.reset(posix);
    Mounts.detachBelow(directory, posix);
    posix.deleteBridge(bridge());
    new PodCgroups(cgroupRoot(), false).removeAll();
    FileTree.delete(directory);
  }
}
