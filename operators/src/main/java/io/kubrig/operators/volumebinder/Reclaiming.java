package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
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
import java.util.List;

/** What is done with a volume whose claim has gone, by its reclaim policy. Retain means nothing. */
final class Reclaiming {
  private static final String RECYCLED = "Volume recycled";
  private static final Path SCRATCH = Path.of("/tmp");

  private final Api api;
  private final Cached<Pod> pods;
  private final Cached<PersistentVolumeClaim> claims;
  private final Binding binding;
  private final EventRecorder events;
  private final Recycler recycler;

  Reclaiming(Api api, Cached<Pod> pods, Cached<PersistentVolumeClaim> claims, Binding binding, EventRecorder events, Recycler recycler) {
    this.api = api;
    this.pods = pods;
    this.claims = claims;
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
        fail(volume, "VolumeUnknownReclaimPolicy", "Volume has unrecognized PersistentVolumeReclaimPolicy");
      }
    }
  }

  /** Tells of a failure once, however often it is tried again. */
  private void fail(PersistentVolume volume, String reason, String message) {
    if (volume.getStatus() == null || !"Failed".equals(volume.getStatus().getPhase())) {
      events.warning(binding.phase(volume, "Failed", message), reason, message);
    }
  }

  private void delete(PersistentVolume volume) {
    boolean guarded = Objects.orEmpty(volume.getMetadata().getFinalizers()).contains(Names.IN_TREE_FINALIZER);
    if (Objects.isTerminating(volume) && !guarded) {
      return;
    }
    String provisioner = Objects.annotations(volume).getOrDefault(Names.PROVISIONED_BY, "");
    if (provisioner.isEmpty() ? volume.getSpec().getCsi() != null : !provisioner.startsWith(Names.IN_TREE)) {
      return; // an external provisioner sees to it
    }
    try {
      deleteContent(volume, provisioner);
    } catch (IOException e) {
      fail(volume, "VolumeFailedDelete", e.getMessage());
      return;
    }
    PersistentVolume free = guarded ? binding.unguarded(volume) : volume;
    try {
      if (!Objects.isTerminating(free)) {
        api.delete(free, Api.Deletion.ofUid(free.getMetadata().getUid()));
      }
    } catch (RuntimeException e) {
      if (!ApiErrors.isNotFound(e)) {
        throw e;
      }
    }
  }

  private static void deleteContent(PersistentVolume volume, String provisioner) throws IOException {
    boolean host = volume.getSpec().getHostPath() != null;
    if (provisioner.isEmpty() && !host) {
      throw new IOException("error getting deleter volume plugin for volume \"" + volume.getMetadata().getName()
          + "\": " + (volume.getSpec().getNfs() == null ? "no volume plugin matched" : "no deletable volume plugin matched"));
    }
    if (!provisioner.isEmpty() && !provisioner.equals(Names.HOST_PATH)) {
      throw new IOException(
          provisioner.equals(Names.NFS) ? "no deletable volume plugin matched" : "no volume plugin matched name: " + provisioner);
    }
    if (!host) {
      throw new IOException("failed to create deleter for volume \"" + volume.getMetadata().getName()
          + "\": spec.PersistentVolume.Spec.HostPath is nil");
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
    ObjectReference ref = volume.getSpec().getClaimRef();
    List<String> users = pods.inNamespace(ref.getNamespace()).stream().filter(pod -> !Pods.isFinished(pod) && uses(pod, volume))
        .map(pod -> pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName()).toList();
    // a claim of that name is another one by now, and the pods are its own
    if (!users.isEmpty() && claims.get(ref.getNamespace(), ref.getName()).isEmpty()) {
      events.normal(volume, "VolumeFailedRecycle", "Volume is used by pods: " + String.join(",", users));
      return;
    }
    switch (recycler.run(volume)) {
      case Recycler.Running running -> { }
      case Recycler.Done done -> {
        events.normal(volume, "VolumeRecycled", RECYCLED);
        binding.release(volume);
      }
      case Recycler.Failed failed -> {
        fail(volume, "VolumeFailedRecycle", failed.message());
      }
    }
  }

  /** A volume that went while it was being scrubbed leaves no pod behind. */
  void gone(String volume) {
    if (recycler.end(volume)) {
      events.record(new ObjectReferenceBuilder().withApiVersion("v1").withKind("PersistentVolume").withName(volume).build(),
          EventRecorder.NORMAL, "VolumeRecycled", RECYCLED);
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
