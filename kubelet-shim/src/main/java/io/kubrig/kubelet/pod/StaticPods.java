package io.kubrig.kubelet.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pods from manifests in a directory of this machine. A changed file is a new pod with a new UID.
 *
 * <p><b>Shape</b>: one pod a file, YAML or JSON; names that begin with a dot are left alone.
 */
public final class StaticPods implements PodSource {
  private static final Logger LOG = LoggerFactory.getLogger(StaticPods.class);
  private static final long DEFAULT_GRACE_SECONDS = 30;

  private final Path directory;
  private final String nodeName;
  private final Duration frequency;
  private final Clock clock;
  private final Map<String, Pod> known = new HashMap<>();
  private volatile boolean ready;
  private volatile Thread thread;

  public StaticPods(Path directory, String nodeName, Duration frequency, Clock clock) {
    this.directory = directory;
    this.nodeName = nodeName;
    this.frequency = frequency;
    this.clock = clock;
  }

  @Override
  public void start(Listener listener) {
    thread = Thread.ofVirtual().name("static-pods").start(() -> {
      try {
        while (!Thread.interrupted()) {
          scan(listener);
          ready = true;
          clock.sleep(frequency);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
  }

  @Override
  public boolean ready() {
    return ready;
  }

  @Override
  public void close() {
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void scan(Listener listener) {
    Map<String, Pod> present = new TreeMap<>();
    if (Files.isDirectory(directory)) {
      try (Stream<Path> files = Files.list(directory)) {
        files.filter(Files::isRegularFile).filter(file -> !file.getFileName().toString().startsWith(".")).sorted()
            .forEach(file -> read(file, present));
      } catch (IOException e) {
        LOG.error("Cannot read the static pods in {}: {}", directory, e.toString());
        return;
      }
    }
    known.values().stream().filter(pod -> !present.containsKey(pod.getMetadata().getUid())).forEach(listener::gone);
    present.values().stream().filter(pod -> !known.containsKey(pod.getMetadata().getUid())).forEach(listener::present);
    known.clear();
    known.putAll(present);
  }

  private void read(Path file, Map<String, Pod> into) {
    try {
      byte[] content = Files.readAllBytes(file);
      Pod pod = defaulted(Serialization.unmarshal(new String(content, StandardCharsets.UTF_8), Pod.class), file, content);
      into.put(pod.getMetadata().getUid(), pod);
    } catch (IOException | RuntimeException e) {
      LOG.error("Cannot read static pod {}: {}", file, e.getMessage());
    }
  }

  /** Gives a manifest what the API server would give it, and the marks of a static pod. */
  Pod defaulted(Pod manifest, Path file, byte[] content) {
    String hash = hash(file, content);
    PodBuilder pod = new PodBuilder(manifest);
    pod.editOrNewMetadata()
        .withName(manifest.getMetadata().getName() + "-" + nodeName)
        .withNamespace(manifest.getMetadata().getNamespace() == null ? "default" : manifest.getMetadata().getNamespace())
        .withUid(hash)
        .addToAnnotations(RuntimeLabels.CONFIG_HASH, hash)
        .addToAnnotations(RuntimeLabels.CONFIG_SOURCE, "file")
        .addToAnnotations(RuntimeLabels.CONFIG_SEEN, clock.now().toString())
        .endMetadata();
    pod.editSpec()
        .withNodeName(nodeName)
        .addToTolerations(new TolerationBuilder().withOperator("Exists").withEffect("NoExecute").build())
        .withRestartPolicy(manifest.getSpec().getRestartPolicy() == null ? "Always" : manifest.getSpec().getRestartPolicy())
        .withDnsPolicy(manifest.getSpec().getDnsPolicy() == null ? "ClusterFirst" : manifest.getSpec().getDnsPolicy())
        .withTerminationGracePeriodSeconds(manifest.getSpec().getTerminationGracePeriodSeconds() == null ? DEFAULT_GRACE_SECONDS
            : manifest.getSpec().getTerminationGracePeriodSeconds())
        .withEnableServiceLinks(manifest.getSpec().getEnableServiceLinks() == null ? true : manifest.getSpec().getEnableServiceLinks())
        .endSpec();
    Pod result = pod.build();
    result.getSpec().getInitContainers().forEach(StaticPods::defaultContainer);
    result.getSpec().getContainers().forEach(StaticPods::defaultContainer);
    return result;
  }

  private static void defaultContainer(Container container) {
    if (container.getTerminationMessagePath() == null) {
      container.setTerminationMessagePath("/dev/termination-log");
    }
    if (container.getTerminationMessagePolicy() == null) {
      container.setTerminationMessagePolicy("File");
    }
    if (container.getImagePullPolicy() == null) {
      boolean latest = container.getImage() != null && !container.getImage().contains("@")
          && (container.getImage().endsWith(":latest") || container.getImage().lastIndexOf(':') <= container.getImage().lastIndexOf('/'));
      container.setImagePullPolicy(latest ? "Always" : "IfNotPresent");
    }
  }

  private String hash(Path file, byte[] content) {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      digest.update(("host:" + nodeName + " file:" + file).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
