package io.kubrig.apiserver.kinds.core;

import io.kubrig.machinery.tree.Tree;

/** What the sources of persistent volumes get where their writer says nothing. (Source: core/v1/defaults.go and field defaults.) */
final class VolumeSources {
  private VolumeSources() {}

  static void applyDefaults(Tree spec) {
    if (spec.get("hostPath") instanceof Tree path) {
      path.fill("type", "");
    }
    if (spec.get("iscsi") instanceof Tree iscsi && iscsi.string("iscsiInterface").isEmpty()) {
      iscsi.set("iscsiInterface", "default");
    }
    if (spec.get("rbd") instanceof Tree rbd) {
      text(rbd, "pool", "rbd");
      text(rbd, "user", "admin");
      text(rbd, "keyring", "/etc/ceph/keyring");
    }
    if (spec.get("azureDisk") instanceof Tree disk) {
      disk.fill("cachingMode", "ReadWrite");
      disk.fill("kind", "Shared");
      disk.fill("fsType", "ext4");
      disk.fill("readOnly", false);
    }
    if (spec.get("scaleIO") instanceof Tree scale) {
      text(scale, "storageMode", "ThinProvisioned");
      text(scale, "fsType", "xfs");
    }
  }

  private static void text(Tree source, String member, String value) {
    if (source.string(member).isEmpty()) {
      source.set(member, value);
    }
  }
}
