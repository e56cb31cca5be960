package io.kubrig.operators.attachdetach;

import io.fabric8.kubernetes.api.model.CSIPersistentVolumeSource;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.pods.Pods;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which volumes the pods on a node need attached to it. */
final class WantedVolumes {
  private static final String INDEX = "spec.nodeName";
  private static final String KEEP = "volumes.kubernetes.io/keep-terminated-pod-volumes";

  private final Cached<Pod> pods;
  private final Cached<PersistentVolumeClaim> claims;
  private final Cached<PersistentVolume> volumes;
  private final Cached<CSIDriver> drivers;

  WantedVolumes(Cached<Pod> pods, Cached<PersistentVolumeClaim> claims, Cached<PersistentVolume> volumes, Cached<CSIDriver> drivers) {
    this.pods = pods;
    this.claims = claims;
    this.volumes = volumes;
    this.drivers = drivers;
    pods.index(INDEX, pod -> Pods.isAssigned(pod) ? List.of(pod.getSpec().getNodeName()) : List.of());
  }

  /** One volume and who wants it. */
  record Wanted(PersistentVolume volume, List<Pod> pods) {
    String name() {
      return volume.getMetadata().getName();
    }

    CSIPersistentVolumeSource csi() {
      return volume.getSpec().getCsi();
    }
  }

  /** What is wanted on a node, by the volume's name. */
  Map<String, Wanted> on(Node node) {
    boolean keep = "true".equals(Objects.annotations(node).get(KEEP));
    Map<String, Wanted> wanted = new LinkedHashMap<>();
    for (Pod pod : pods.byIndex(INDEX, node.getMetadata().getName())) {
      if (!Pods.isFinished(pod) || keep) {
        for (Volume volume : Objects.orEmpty(pod.getSpec().getVolumes())) {
          volume(pod, volume).filter(this::isAttachable)
              .ifPresent(found -> wanted.computeIfAbsent(found.getMetadata().getName(), n -> new Wanted(found, new ArrayList<>())).pods()
                  .add(pod));
        }
      }
    }
    return wanted;
  }

  private Optional<PersistentVolume> volume(Pod pod, Volume volume) {
    String claim = volume.getPersistentVolumeClaim() != null ? volume.getPersistentVolumeClaim().getClaimName()
        : volume.getEphemeral() != null ? pod.getMetadata().getName() + "-" + volume.getName() : null;
    if (claim == null) {
      return Optional.empty();
    }
    return claims.get(pod.getMetadata().getNamespace(), claim)
        .filter(c -> c.getStatus() != null && "Bound".equals(c.getStatus().getPhase()) && c.getSpec().getVolumeName() != null)
        .flatMap(c -> volumes.get("", c.getSpec().getVolumeName()));
  }

  private boolean isAttachable(PersistentVolume volume) {
    CSIPersistentVolumeSource csi = volume.getSpec().getCsi();
    return csi != null && drivers.get("", csi.getDriver()).filter(driver -> Boolean.FALSE.equals(driver.getSpec().getAttachRequired()))
        .isEmpty();
  }

  /** The name that nodes call a volume by. */
  static String uniqueName(CSIPersistentVolumeSource csi) {
    return "kubernetes.io/csi/" + csi.getDriver() + "^" + csi.getVolumeHandle();
  }

  /** The name of a volume's attachment to a node. */
  static String attachment(CSIPersistentVolumeSource csi, String node) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256")
          .digest((csi.getVolumeHandle() + csi.getDriver() + node).getBytes(StandardCharsets.UTF_8));
      return "csi-" + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("the JDK offers no SHA-256", e);
    }
  }

  /** Whether a volume may be on one node only. */
  static boolean isExclusive(PersistentVolume volume) {
    List<String> modes = Objects.orEmpty(volume.getSpec().getAccessModes());
    return !modes.isEmpty() && !modes.contains("ReadWriteMany") && !modes.contains("ReadOnlyMany");
  }
}
