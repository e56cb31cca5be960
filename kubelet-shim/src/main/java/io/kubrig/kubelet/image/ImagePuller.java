package io.kubrig.kubelet.image;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.cri.ContainerRuntime;
import io.kubrig.kubelet.cri.CriException;
import io.kubrig.kubelet.cri.v1.AuthConfig;
import io.kubrig.kubelet.cri.v1.Image;
import io.kubrig.kubelet.cri.v1.PodSandboxConfig;
import io.kubrig.kubelet.pod.Backoff;
import io.kubrig.kubelet.pod.PodEvents;
import io.kubrig.machinery.clock.Clock;
import io.kubrig.machinery.duration.GoDuration;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** Sees to it that the image of a container is there, as its pull policy says, and waits longer after each failure. */
public final class ImagePuller {
  private static final Duration FIRST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

  private final ContainerRuntime runtime;
  private final PullSecrets secrets;
  private final PodEvents events;
  private final Clock clock;
  private final Backoff backoff;
  private final Semaphore permits;
  private final Map<String, String> lastErrors = new ConcurrentHashMap<>();

  /** @param parallel how many images may be fetched at once */
  public ImagePuller(ContainerRuntime runtime, ClusterObjects cluster, PodEvents events, Clock clock, int parallel) {
    this.runtime = runtime;
    this.secrets = new PullSecrets(cluster);
    this.events = events;
    this.clock = clock;
    this.backoff = new Backoff(clock, FIRST_WAIT, LONGEST_WAIT);
    this.permits = new Semaphore(parallel, true);
  }

  /** How it ended. */
  public sealed interface Outcome {
    /** The image is there. {@code reference} names its content. */
    record Present(String reference, Image image) implements Outcome {}

    /** It is not; the container waits for this reason. */
    record Absent(String reason, String message) implements Outcome {}
  }

  public Outcome ensure(Pod pod, Container container, PodSandboxConfig sandbox) throws InterruptedException {
    String shown = container.getImage();
    Optional<String> name = ImageNames.complete(shown);
    if (name.isEmpty()) {
      String message = "Failed to apply default image tag \"" + shown + "\": couldn't parse image name \"" + shown
          + "\": invalid reference format";
      events.warning(pod, container.getName(), "InspectFailed", message);
      return new Outcome.Absent("InvalidImageName", message);
    }
    Optional<Image> present;
    try {
      present = runtime.image(name.get());
    } catch (CriException e) {
      String message = "Failed to inspect image \"" + shown + "\": " + e.rpcMessage();
      events.warning(pod, container.getName(), "InspectFailed", message);
      return new Outcome.Absent("ImageInspectError", message);
    }
    String policy = container.getImagePullPolicy() == null ? (name.get().endsWith(":latest") ? "Always" : "IfNotPresent")
        : container.getImagePullPolicy();
    if (present.isPresent() && !policy.equals("Always")) {
      events.normal(pod, container.getName(), "Pulled",
          "Container image \"" + shown + "\" already present on machine and can be accessed by the pod");
      return new Outcome.Present(present.get().getId(), present.get());
    }
    if (policy.equals("Never")) {
      String message = "Container image \"" + shown + "\" is not present with pull policy of Never";
      events.warning(pod, container.getName(), "ErrImageNeverPull", message);
      return new Outcome.Absent("ErrImageNeverPull", message);
    }
    return pull(pod, container, name.get(), sandbox);
  }

  private Outcome pull(Pod pod, Container container, String name, PodSandboxConfig sandbox) throws InterruptedException {
    String shown = container.getImage();
    String key = pod.getMetadata().getUid() + "_" + shown;
    if (backoff.remaining(key).isPositive()) {
      String message = "Back-off pulling image \"" + shown + "\"";
      events.normal(pod, container.getName(), "BackOff", message);
      String last = lastErrors.get(key);
      return new Outcome.Absent("ImagePullBackOff", last == null ? message : message + ": ErrImagePull: " + last);
    }
    events.normal(pod, container.getName(), "Pulling", "Pulling image \"" + shown + "\"");
    long asked = clock.nanos();
    permits.acquire();
    long begun = clock.nanos();
    try {
      String reference = pullWithAnyCredentials(pod, name, sandbox);
      Image image = runtime.image(name).or(() -> runtime.image(reference)).orElse(Image.newBuilder().setId(reference).build());
      long ended = clock.nanos();
      events.normal(pod, container.getName(), "Pulled",
          "Successfully pulled image \"" + shown + "\" in " + millis(ended - begun) + " (" + millis(ended - asked)
              + " including waiting). Image size: " + image.getSize() + " bytes.");
      lastErrors.remove(key);
      return new Outcome.Present(reference, image);
    } catch (CriException e) {
      backoff.failed(key, clock.now());
      lastErrors.put(key, e.rpcMessage());
      events.warning(pod, container.getName(), "Failed", "Failed to pull image \"" + shown + "\": " + e.rpcMessage());
      return new Outcome.Absent("ErrImagePull", e.rpcMessage());
    } finally {
      permits.release();
    }
  }

  private String pullWithAnyCredentials(Pod pod, String name, PodSandboxConfig sandbox) {
    CriException failure = null;
    for (AuthConfig auth : secrets.forImage(pod, name)) {
      try {
        return runtime.pullImage(name, auth, sandbox);
      } catch (CriException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static String millis(long nanos) {
    return GoDuration.format(Duration.ofMillis(Duration.ofNanos(nanos).toMillis()));
  }

  /** Forgets the failures of a pod that is gone. */
  public void forget(String podUid) {
    backoff.forgetAll(podUid + "_");
    lastErrors.keySet().removeIf(key -> key.startsWith(podUid + "_"));
  }
}
