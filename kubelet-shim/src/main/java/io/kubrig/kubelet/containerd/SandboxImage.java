package io.kubrig.kubelet.containerd;

import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.AuthConfig;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees to it that the image of the pods' sandbox is there: present, fetched from its registry, or made on this machine from busybox. */
public final class SandboxImage {
  private static final Logger LOG = LoggerFactory.getLogger(SandboxImage.class);
  /** How long a registry has before the image is made here: a first pod must not wait for a network that is not there. */
  private static final Duration PULL_LIMIT = Duration.ofSeconds(3);

  private final ContainerdProcess containerd;
  private final ContainerRuntime runtime;
  private final HostTools tools;

  public SandboxImage(ContainerdProcess containerd, ContainerRuntime runtime, HostTools tools) {
    this.containerd = containerd;
    this.runtime = runtime;
    this.tools = tools;
  }

  /**
   * Returns when the image is there.
   *
   * @throws IOException when it can neither be fetched nor made; the message says what to install
   */
  public void ensure(String name) throws IOException, InterruptedException {
    if (runtime.image(name).isPresent() || pulled(name)) {
      return;
    }
    if (tools.busybox() == null) {
      throw new IOException("image " + name
          + " can neither be pulled nor made here; for the latter install: apt-get install -y busybox-static");
    }
    LOG.warn("Image {} cannot be pulled; using a stand-in made on this machine from {}", name, tools.busybox());
    Path archive = Files.createTempFile("kubrig-pause", ".tar");
    try {
      ImageArchive.pause(tools.busybox(), name).writeTo(archive);
      containerd.importImage(archive);
    } finally {
      Files.deleteIfExists(archive);
    }
  }

  private boolean pulled(String name) throws InterruptedException {
    ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    try {
      executor
          .submit(() -> runtime.pullImage(name, AuthConfig.getDefaultInstance(), PodSandboxConfig.getDefaultInstance()))
          .get(PULL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("Pulled image {}", name);
      return true;
    } catch (TimeoutException e) {
      LOG.info("No answer from the registry of {} within {} s", name, PULL_LIMIT.toSeconds());
      return false;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CriException answer) {
        LOG.info("Cannot pull image {}: {}", name, answer.getMessage());
        return false;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }
}
