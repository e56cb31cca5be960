package io.kubrig.operators.volumes;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The volume plugins of the tree whose work CSI drivers do (KEP-625). */
public final class CsiMigration {
  private static final String AWS = "kubernetes.io/aws-ebs";
  private static final String GCE = "kubernetes.io/gce-pd";
  private static final String AZURE_FILE = "kubernetes.io/azure-file";
  private static final String AZURE_DISK = "kubernetes.io/azure-disk";
  private static final String CINDER = "kubernetes.io/cinder";
  private static final String VSPHERE = "kubernetes.io/vsphere-volume";
  private static final String PORTWORX = "kubernetes.io/portworx-volume";

  private static final Map<String, String> DRIVERS = Map.of(AWS, "ebs.csi.aws.com", GCE, "pd.csi.storage.gke.io",
      AZURE_FILE, "file.csi.azure.com", AZURE_DISK, "disk.csi.azure.com", CINDER, "cinder.csi.openstack.org",
      VSPHERE, "csi.vsphere.vmware.com", PORTWORX, "pxd.portworx.com");

  private static final Map<String, Function<PersistentVolumeSpec, Object>> SOURCES = Map.of(
      AWS, PersistentVolumeSpec::getAwsElasticBlockStore, GCE, PersistentVolumeSpec::getGcePersistentDisk,
      AZURE_FILE, PersistentVolumeSpec::getAzureFile, AZURE_DISK, PersistentVolumeSpec::getAzureDisk,
      CINDER, PersistentVolumeSpec::getCinder, VSPHERE, PersistentVolumeSpec::getVsphereVolume,
      PORTWORX, PersistentVolumeSpec::getPortworxVolume);

  private CsiMigration() {}

  /** The driver that does a plugin's work; empty for plugins that were not given over, and for drivers. */
  public static Optional<String> driver(String plugin) {
    return Optional.ofNullable(plugin == null ? null : DRIVERS.get(plugin));
  }

  /** The plugin that a volume was made for, if it was given over. */
  public static Optional<String> plugin(PersistentVolume volume) {
    return SOURCES.entrySet().stream().filter(source -> source.getValue().apply(volume.getSpec()) != null).map(Map.Entry::getKey)
        .findFirst();
  }
}
