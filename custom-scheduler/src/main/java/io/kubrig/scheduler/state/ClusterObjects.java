package io.kubrig.scheduler.state;

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
import io.fabric8.kubernetes.api.model.storage.CSIDriver;
import io.fabric8.kubernetes.api.model.storage.CSINode;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.fabric8.kubernetes.api.model.storage.VolumeAttachment;
import io.kubrig.scheduler.model.Labels;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Every object other than pods and nodes that decisions depend on, by kind. Used by the scheduling thread only. */
public final class ClusterObjects {
  /** What the name of a device class follows to make the extended resource it stands for by itself. */
  public static final String IMPLICIT_RESOURCE = "deviceclass.resource.kubernetes.io/";

  private final Map<Class<?>, Index<?>> indexes = new HashMap<>();
  private final Map<String, Labels> namespaceLabels = new HashMap<>();
  private final Map<String, DeviceClass> classByResource = new HashMap<>();
  private long classRevision = -1;
  private long namespacesVersion;

  /** The objects of a kind. */
  @SuppressWarnings("unchecked")
  public <T extends HasMetadata> Index<T> of(Class<T> kind) {
    return (Index<T>) indexes.computeIfAbsent(kind, k -> new Index<T>());
  }

  /** Tells every object, as observed. */
  public void forEach(Consumer<HasMetadata> each) {
    indexes.values().forEach(index -> index.all().forEach(each));
  }

  /** Notes what the API shows. */
  Optional<HasMetadata> observe(HasMetadata object) {
    if (object instanceof Namespace ns) {
      Labels labels = Labels.of(ns.getMetadata().getLabels());
      if (!labels.equals(namespaceLabels.put(ns.getMetadata().getName(), labels))) {
        namespacesVersion++;
      }
    }
    return indexFor(object).observe(object);
  }

  /** Notes that an object is gone. */
  Optional<HasMetadata> remove(HasMetadata object) {
    if (object instanceof Namespace ns) {
      namespaceLabels.remove(ns.getMetadata().getName());
      namespacesVersion++;
    }
    return indexFor(object).remove(object);
  }

  @SuppressWarnings("unchecked")
  private Index<HasMetadata> indexFor(HasMetadata object) {
    return (Index<HasMetadata>) (Index<?>) of((Class<HasMetadata>) object.getClass());
  }

  /** The labels of a namespace; none when it is not known. */
  public Labels namespaceLabels(String namespace) {
    return namespaceLabels.getOrDefault(namespace, Labels.NONE);
  }

  /**
   * The device class that stands for an extended resource: of several the newest, and of those made at once the first by name. Source:
   * KEP-5004.
   */
  public Optional<DeviceClass> deviceClassOf(String resource) {
    Index<DeviceClass> classes = deviceClasses();
    if (classes.revision() != classRevision) {
      classByResource.clear();
      for (DeviceClass c : classes.all()) {
        classByResource.put(IMPLICIT_RESOURCE + c.getMetadata().getName(), c);
        if (c.getSpec().getExtendedResourceName() != null) {
          classByResource.merge(c.getSpec().getExtendedResourceName(), c, ClusterObjects::preferred);
        }
      }
      classRevision = classes.revision();
    }
    return classByResource.isEmpty() ? Optional.empty() : Optional.ofNullable(classByResource.get(resource));
  }

  private static DeviceClass preferred(DeviceClass a, DeviceClass b) {
    int order = String.valueOf(a.getMetadata().getCreationTimestamp()).compareTo(String.valueOf(b.getMetadata().getCreationTimestamp()));
    return order > 0 || order == 0 && a.getMetadata().getName().compareTo(b.getMetadata().getName()) < 0 ? a : b;
  }

  /** Grows with each change of a namespace's labels. */
  public long namespacesVersion() {
    return namespacesVersion;
  }

  public Index<PersistentVolumeClaim> claims() {
    return of(PersistentVolumeClaim.class);
  }

  public Index<PersistentVolume> volumes() {
    return of(PersistentVolume.class);
  }

  public Index<StorageClass> storageClasses() {
    return of(StorageClass.class);
  }

  public Index<CSINode> csiNodes() {
    return of(CSINode.class);
  }

  public Index<CSIDriver> csiDrivers() {
    return of(CSIDriver.class);
  }

  public Index<CSIStorageCapacity> storageCapacities() {
    return of(CSIStorageCapacity.class);
  }

  public Index<VolumeAttachment> attachments() {
    return of(VolumeAttachment.class);
  }

  public Index<Service> services() {
    return of(Service.class);
  }

  public Index<ReplicationController> replicationControllers() {
    return of(ReplicationController.class);
  }

  public Index<ReplicaSet> replicaSets() {
    return of(ReplicaSet.class);
  }

  public Index<StatefulSet> statefulSets() {
    return of(StatefulSet.class);
  }

  public Index<PodDisruptionBudget> budgets() {
    return of(PodDisruptionBudget.class);
  }

  public Index<ResourceClaim> resourceClaims() {
    return of(ResourceClaim.class);
  }

  public Index<ResourceSlice> resourceSlices() {
    return of(ResourceSlice.class);
  }

  public Index<DeviceClass> deviceClasses() {
    return of(DeviceClass.class);
  }
}
