package io.kubrig.scheduler.plugins.volumerestrictions;

import io.fabric8.kubernetes.api.model.Volume;
import java.util.List;
import java.util.Objects;

/** Whether two volumes are the same disk in a way that a node cannot have twice. Pure. */
final class DiskConflict {
  private DiskConflict() {}

  static boolean isAttachedOnce(Volume v) {
    return v.getGcePersistentDisk() != null || v.getAwsElasticBlockStore() != null || v.getRbd() != null || v.getIscsi() != null;
  }

  static boolean conflict(Volume a, Volume b) {
    if (a.getGcePersistentDisk() != null && b.getGcePersistentDisk() != null) {
      var x = a.getGcePersistentDisk();
      var y = b.getGcePersistentDisk();
      return Objects.equals(x.getPdName(), y.getPdName()) && !bothReadOnly(x.getReadOnly(), y.getReadOnly());
    }
    if (a.getAwsElasticBlockStore() != null && b.getAwsElasticBlockStore() != null) {
      return Objects.equals(a.getAwsElasticBlockStore().getVolumeID(), b.getAwsElasticBlockStore().getVolumeID());
    }
    if (a.getIscsi() != null && b.getIscsi() != null) {
      return Objects.equals(a.getIscsi().getIqn(), b.getIscsi().getIqn())
          && !bothReadOnly(a.getIscsi().getReadOnly(), b.getIscsi().getReadOnly());
    }
    if (a.getRbd() != null && b.getRbd() != null) {
      var x = a.getRbd();
      var y = b.getRbd();
      return overlap(x.getMonitors(), y.getMonitors()) && pool(x.getPool()).equals(pool(y.getPool()))
          && Objects.equals(x.getImage(), y.getImage())
          && !bothReadOnly(x.getReadOnly(), y.getReadOnly());
    }
    return false;
  }

  private static boolean bothReadOnly(Boolean a, Boolean b) {
    return Boolean.TRUE.equals(a) && Boolean.TRUE.equals(b);
  }

  private static boolean overlap(List<String> a, List<String> b) {
    return a.stream().anyMatch(b::contains);
  }

  private static String pool(String pool) {
    return pool == null ? "rbd" : pool;
  }
}
