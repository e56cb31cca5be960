package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.registry.Kind;
import java.util.Map;

/** The kinds of storage.k8s.io, by {@code group/Kind}. */
public final class StorageKinds {
  private StorageKinds() {}

  public static Map<String, Kind> all() {
    String group = "storage.k8s.io/";
    return Map.of(
        group + "StorageClass", new StorageClassKind(),
        group + "VolumeAttachment", new VolumeAttachmentKind(),
        group + "VolumeAttributesClass", new VolumeAttributesClassKind(),
        group + "CSIDriver", new CsiDriverKind(),
        group + "CSINode", new CsiNodeKind(),
        group + "CSIStorageCapacity", new CsiStorageCapacityKind());
  }
}
