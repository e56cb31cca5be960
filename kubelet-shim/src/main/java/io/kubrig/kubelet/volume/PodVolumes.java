package io.kubrig.kubelet.volume;

import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.kubrig.kubelet.cluster.ClusterObjects;
import io.kubrig.kubelet.container.CgroupResources;
import io.kubrig.kubelet.container.DownwardFields;
import io.kubrig.kubelet.container.PodPaths;
import io.kubrig.kubelet.posix.FileTree;
import io.kubrig.kubelet.posix.Mounts;
import io.kubrig.kubelet.posix.Posix;
import io.kubrig.kubelet.volume.AtomicWriter.Payload;
import io.kubrig.machinery.clock.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The volumes of the node's pods, set up below the kubelet's directory.
 *
 * <p>Setting up is idempotent: what is there is checked, what comes from an object of the cluster is brought up to date.
 */
public final class PodVolumes {
  private static final String EMPTY_DIR = "kubernetes.io/empty-dir";
  private static final String CONFIG_MAP = "kubernetes.io/configmap";
  private static final String SECRET = "kubernetes.io/secret";
  private static final String PROJECTED = "kubernetes.io/projected";
  private static final String DOWNWARD = "kubernetes.io/downward-api";

  private final PodPaths paths;
  private final Posix posix;
  private final AtomicWriter writer;
  private final ProjectedFiles files;
  private final Tokens tokens;

  public PodVolumes(PodPaths paths, ClusterObjects cluster, Posix posix, Clock clock, RandomGenerator random) {
    this.paths = paths;
    this.posix = posix;
    this.writer = new AtomicWriter(clock);
    this.tokens = new Tokens(cluster, clock, random);
    this.files = new ProjectedFiles(cluster, tokens);
  }

  /**
   * Sets up every volume of a pod, or brings it up to date.
   *
   * @return where each volume lies, by name
   * @throws VolumeException when one of them cannot be set up; the message names it
   */
  public Map<String, Path> setUp(Pod pod, DownwardFields.Place place) {
    Map<String, Path> directories = new LinkedHashMap<>();
    for (Volume volume : pod.getSpec().getVolumes()) {
      try {
        directories.put(volume.getName(), setUp(pod, volume, place));
      } catch (VolumeException | IOException | ClusterObjects.ClusterException e) {
        throw new VolumeException("MountVolume.SetUp failed for volume \"" + volume.getName() + "\" : " + e.getMessage(), e);
      }
    }
    return directories;
  }

  private Path setUp(Pod pod, Volume volume, DownwardFields.Place place) throws IOException {
    if (volume.getHostPath() != null) {
      return HostPaths.ensure(volume.getHostPath());
    }
    if (volume.getConfigMap() != null) {
      var source = volume.getConfigMap();
      return publish(pod, CONFIG_MAP, volume, false,
          files.configMap(pod, source.getName(), source.getItems(), source.getOptional(), source.getDefaultMode()));
    }
    if (volume.getSecret() != null) {
      var source = volume.getSecret();
      return publish(pod, SECRET, volume, true,
          files.secret(pod, source.getSecretName(), source.getItems(), source.getOptional(), source.getDefaultMode()));
    }
    if (volume.getDownwardAPI() != null) {
      var source = volume.getDownwardAPI();
      return publish(pod, DOWNWARD, volume, false, files.downward(pod, place, source.getItems(), source.getDefaultMode()));
    }
    if (volume.getProjected() != null) {
      return publish(pod, PROJECTED, volume, true, files.projected(pod, place, volume.getProjected()));
    }
    if (volume.getEmptyDir() != null) {
      return emptyDir(pod, volume);
    }
    throw new VolumeException("no volume plugin matched");
  }

  private Path publish(Pod pod, String plugin, Volume volume, boolean inMemory, Map<String, Payload> payload) throws IOException {
    Path directory = paths.volume(pod.getMetadata().getUid(), plugin, volume.getName());
    FileTree.directory(directory, 0755);
    if (inMemory && !Mounts.isMountPoint(directory)) {
      posix.mount("tmpfs", directory, "tmpfs", 0, "mode=0755");
    }
    Long group = fsGroup(pod);
    writer.write(directory, payload, fresh -> {
      if (group != null) {
        FileTree.giveToGroup(fresh, group, true);
      }
    });
    return directory;
  }

  private Path emptyDir(Pod pod, Volume volume) throws IOException {
    EmptyDirVolumeSource source = volume.getEmptyDir();
    Path directory = paths.volume(pod.getMetadata().getUid(), EMPTY_DIR, volume.getName());
    boolean existed = Files.isDirectory(directory);
    FileTree.directory(directory, 0777);
    boolean memory = "Memory".equals(source.getMedium());
    if (memory && !Mounts.isMountPoint(directory)) {
      long limit = source.getSizeLimit() == null ? 0 : CgroupResources.bytes(Map.of("size", source.getSizeLimit()), "size");
      posix.mount("tmpfs", directory, "tmpfs", 0, limit > 0 ? "size=" + limit + ",mode=0777" : "mode=0777");
      existed = false;
    } else if (!memory && source.getMedium() != null && !source.getMedium().isEmpty()) {
      throw new VolumeException("emptyDir medium \"" + source.getMedium() + "\" is not supported");
    }
    Long group = fsGroup(pod);
    if (!existed && group != null) {
      FileTree.giveToGroup(directory, group, false);
    }
    return directory;
  }

  private static Long fsGroup(Pod pod) {
    return pod.getSpec().getSecurityContext() == null ? null : pod.getSpec().getSecurityContext().getFsGroup();
  }

  /** Takes down everything that a pod had on this machine: its mounts and its directory. Logs are not touched. */
  public void tearDown(String podUid) throws IOException {
    tokens.forget(podUid);
    Path directory = paths.pod(podUid);
    if (Files.isDirectory(directory)) {
      Mounts.detachBelow(directory, posix);
      FileTree.delete(directory);
    }
  }
}
