package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.kubrig.operators.ControllerManagerOptions;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.pods.Pods;
import java.util.Optional;

/** Scrubs a volume by a pod that deletes what is on it: hostPath and NFS volumes only. The pod is all the state there is. */
final class Recycler {
  private static final String NAMESPACE = "default";
  private static final String PREFIX = "recycler-for-";
  private static final String CONTAINER = "pv-recycler";
  private static final String IMAGE = "registry.k8s.io/build-image/debian-base:bookworm-v1.0.6";
  private static final String SCRUB =
      "test -e /scrub && find /scrub -mindepth 1 -delete && test -z \"$(ls -A /scrub)\" || exit 1";

  private final Api api;
  private final Cached<Pod> pods;
  private final ControllerManagerOptions options;

  /** How far scrubbing is. */
  sealed interface Progress permits Running, Done, Failed {}

  /** The pod has not ended. */
  record Running() implements Progress {}

  /** The volume is empty. */
  record Done() implements Progress {}

  /** It could not be emptied. */
  record Failed(String message) implements Progress {}

  Recycler(Api api, Cached<Pod> pods, ControllerManagerOptions options) {
    this.api = api;
    this.pods = pods;
    this.options = options;
  }

  /** The volume that a scrubbing pod works on. */
  static Optional<String> volume(Pod pod) {
    String name = pod.getMetadata().getName();
    return NAMESPACE.equals(pod.getMetadata().getNamespace()) && name.startsWith(PREFIX)
        ? Optional.of(name.substring(PREFIX.length())) : Optional.empty();
  }

  Progress run(PersistentVolume volume) {
    String name = PREFIX + volume.getMetadata().getName();
    boolean host = volume.getSpec().getHostPath() != null;
    if (!host && volume.getSpec().getNfs() == null) {
      return new Failed("No recycler plugin found for the volume!");
    }
    Optional<Pod> pod = pods.get(NAMESPACE, name);
    if (pod.isEmpty()) {
      start(volume, name, host);
      return new Running();
    }
    if (!Pods.isFinished(pod.get())) {
      return new Running();
    }
    delete(pod.get());
    if (Pods.phase(pod.get()).equals("Succeeded")) {
      return new Done();
    }
    String message = pod.get().getStatus().getMessage();
    return new Failed("Recycle failed: " + (message == null || message.isEmpty() ? "pod failed, pod.Status.Message unknown" : message));
  }

  /**
   * Removes the pod of a volume that has gone meanwhile, once it has ended. A pod of that name that someone else made stays.
   *
   * @return whether the volume had been emptied
   */
  boolean end(String volume) {
    Optional<Pod> pod = pods.get(NAMESPACE, PREFIX + volume).filter(p -> Pods.isFinished(p) && isScrubbing(p));
    pod.ifPresent(this::delete);
    return pod.filter(p -> Pods.phase(p).equals("Succeeded")).isPresent();
  }

  private static boolean isScrubbing(Pod pod) {
    return pod.getSpec().getContainers().stream().anyMatch(container -> CONTAINER.equals(container.getName()));
  }

  private void start(PersistentVolume volume, String name, boolean host) {
    try {
      api.create(pod(volume, name, host));
    } catch (RuntimeException e) {
      if (!ApiErrors.isAlreadyExists(e)) {
        throw e;
      }
    }
  }

  private Pod pod(PersistentVolume volume, String name, boolean host) {
    Volume content = host
        ? new VolumeBuilder().withName("vol").withNewHostPath().withPath(volume.getSpec().getHostPath().getPath()).endHostPath().build()
        : new VolumeBuilder().withName("vol").withNfs(volume.getSpec().getNfs()).build();
    long seconds = host ? options.integer("pv-recycler-minimum-timeout-hostpath") : options.integer("pv-recycler-minimum-timeout-nfs");
    return new PodBuilder().withNewMetadata().withName(name).withNamespace(NAMESPACE).endMetadata()
        .withNewSpec().withActiveDeadlineSeconds(seconds).withRestartPolicy("Never").withVolumes(content)
        .addNewContainer().withName(CONTAINER).withImage(IMAGE).withCommand("/bin/sh").withArgs("-c", SCRUB)
        .addNewVolumeMount().withName("vol").withMountPath("/scrub").endVolumeMount().endContainer()
        .endSpec().build();
  }

  private void delete(Pod pod) {
    try {
      api.delete(pod, Api.Deletion.ofUid(pod.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }
}
