package io.kubrig.scheduler.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.resource.v1.DeviceClass;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceClaim;
import io.fabric8.kubernetes.api.model.resource.v1.ResourceSlice;
import io.fabric8.kubernetes.api.model.scheduling.v1alpha2.PodGroup;
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import java.util.List;

/** The kinds, besides pods and nodes, that decisions depend on. */
final class WatchedKinds {
  /** Every API server has them. */
  static final List<Class<? extends HasMetadata>> REQUIRED = List.of(Namespace.class, PersistentVolume.class, PersistentVolumeClaim.class,
      StorageClass.class, CSINode.class, CSIDriver.class, CSIStorageCapacity.class, VolumeAttachment.class, Service.class,
      ReplicationController.class, ReplicaSet.class, StatefulSet.class, PodDisruptionBudget.class);

  /** Left out where they are not served. */
  static final List<Class<?
      extends HasMetadata>> OPTIONAL = List.of(ResourceClaim.class, ResourceSlice.class, DeviceClass.class, PodGroup.class);

  private WatchedKinds() {}
}
