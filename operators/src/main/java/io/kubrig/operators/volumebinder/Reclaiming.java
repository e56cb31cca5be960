package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.Pod;
import io.kubrig.operators.engine.Api;
import io.kubrig.operators.engine.ApiErrors;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/** What is done with a volume whose claim has gone, by its reclaim policy. Retain means nothing. */
final class Reclaiming {
  private static final Path SCRATCH = Path.of("/tmp");

  private final Api api;
  private final Cached<Pod> pods;
  private final Binding binding;
  private final EventRecorder events;
  private final Recycler recycler;

  Reclaiming(Api api, Cached<Pod> pods, Binding binding, EventRecorder events, Recycler recycler) {
    this.api = api;
    this.pods = pods;
    this.binding = binding;
    this.events = events;
    this.recycler = recycler;
  }

  void reclaim(PersistentVolume volume) {
    String policy = String.valueOf(volume.getSpec().getPersistentVolumeReclaimPolicy());
    if (Objects.annotations(volume).containsKey(Names.MIGRATED_TO)) {
      return; // an external controller sees to it
    }
    switch (policy) {
      case "Delete" -> delete(volume);
      case "Recycle" -> recycle(volume);
      case "Retain" -> { }
      default -> {
        events.warning(volume, "VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy");
        binding.phase(volume, "Failed", "Volume has unrecognized PersistentVolumeReclaimPolicy");
      }
    }
  }

  private void delete(PersistentVolume volume) {
    if (Objects.isTerminating(volume)) {
      return;
    }
    String provisioner = Objects.annotations(volume).get(Names.PROVISIONED_BY);
    if (provisioner != null && !provisioner.startsWith("kubernetes.io/")) {
      return; // so does an external provisioner
    }
    try {
      deleteContent(volume);
    } catch (IOException e) {
      events.warning(volume, "VolumeFailedDelete", e.getMessage());
      binding.phase(volume, "Failed", e.getMessage());
      return;
    }
    try {
      api.delete(volume, Api.Deletion.ofUid(volume.getMetadata().getUid()));
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private static void deleteContent(PersistentVolume volume) throws IOException {
    if (volume.getSpec().getHostPath() == null) {
      throw new IOException("error getting deleter volume plugin for volume \"" + volume.getMetadata().getName()
          + "\": no deletable volume plugin matched");
    }
    String text = volume.getSpec().getHostPath().getPath();
    Path path = Path.of(text).normalize();
    if (!path.startsWith(SCRATCH) || path.equals(SCRATCH)) {
      throw new IOException("host_path deleter only supports /tmp/.+ but received provided " + text);
    }
    if (Files.exists(path)) {
      Files.walkFileTree(path, new Removal());
    }
  }

  private void recycle(PersistentVolume volume) {
    Optional<String> user = pods.list().stream().filter(pod -> !Pods.isFinished(pod) && uses(pod, volume))
        .map(pod -> pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName()).findFirst();
    if (user.isPresent()) {
      events.normal(volume, "VolumeFailedRecycle", "Volume is used by pods: " + user.get());
      return;
    }
    switch (recycler.run(volume)) {
      case Recycler.Running running -> { }
      case Recycler.Done done -> {
        events.normal(volume, "VolumeRecycled", "Volume recycled");
        binding.release(volume);
      }
      case Recycler.Failed failed -> {
        events.warning(volume, "VolumeFailedRecycle", failed.message());
        binding.phase(volume, "Failed", failed.message());
      }
    }
  }

  private static boolean uses(Pod pod, PersistentVolume volume) {
    var ref = volume.getSpec().getClaimRef();
    return ref != null && pod.getMetadata().getNamespace().equals(ref.getNamespace())
        && Objects.orEmpty(pod.getSpec().getVolumes()).stream()
        .anyMatch(v -> v.getPersistentVolumeClaim() != null && ref.getName().equals(v.getPersistentVolumeClaim().getClaimName()));
  }

  /** Removes a tree; links are removed, not followed. */
  private static final class Removal extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
      if (failure != null) {
        throw failure;
      }
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
