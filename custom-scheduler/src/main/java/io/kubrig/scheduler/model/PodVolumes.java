package io.kubrig.scheduler.model;

import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The volumes of a pod as far as scheduling cares: claims, inline CSI volumes and disks that may be attached only once. */
public final class PodVolumes {
  private PodVolumes() {}

  static boolean matters(Volume v) {
    return v.getPersistentVolumeClaim() != null || v.getEphemeral() != null || v.getCsi() != null || v.getGcePersistentDisk() != null
        || v.getAwsElasticBlockStore() != null || v.getRbd() != null || v.getIscsi() != null || v.getAzureDisk() != null
        || v.getCinder() != null || v.getVsphereVolume() != null || v.getPortworxVolume() != null;
  }

  /**
   * A use of a claim.
   *
   * @param generated whether the claim is made for the pod (a generic ephemeral volume) and must belong to it
   */
  public record ClaimUse(String name, boolean generated) {}

  /** The claim a volume uses. */
  public static Optional<ClaimUse> claim(Pod pod, Volume v) {
    if (v.getPersistentVolumeClaim() != null) {
      return Optional.of(new ClaimUse(v.getPersistentVolumeClaim().getClaimName(), false));
    }
    return v.getEphemeral() != null ? Optional.of(new ClaimUse(pod.name() + "-" + v.getName(), true)) : Optional.empty();
  }

  /** The claims a pod uses, in the order of its volumes. */
  public static List<ClaimUse> claims(Pod pod) {
    if (pod.spec().footprint().volumes().isEmpty()) {
      return List.of();
    }
    List<ClaimUse> out = new ArrayList<>();
    for (Volume v : pod.spec().footprint().volumes()) {
      claim(pod, v).ifPresent(out::add);
    }
    return out;
  }
}
