package io.kubrig.operators.volumebinder;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kubrig.operators.engine.Cached;
import io.kubrig.operators.engine.Objects;
import io.kubrig.operators.events.EventRecorder;
import io.kubrig.operators.pods.Pods;
import io.kubrig.operators.volumes.CsiMigration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;

/** What becomes of one claim. */
final class ClaimSync {
  private final Cached<PersistentVolume> volumes;
  private final Cached<StorageClass> classes;
  private final Cached<Pod> pods;
  private final Binding binding;
  private final EventRecorder events;
  private final boolean provisions;

  ClaimSync(Cached<PersistentVolume> volumes, Cached<StorageClass> classes, Cached<Pod> pods, Binding binding, EventRecorder events,
      boolean provisions) {
    this.volumes = volumes;
    this.classes = classes;
    this.pods = pods;
    this.binding = binding;
    this.events = events;
    this.provisions = provisions;
  }

  void sync(PersistentVolumeClaim given) {
    PersistentVolumeClaim claim = binding.migrated(given);
    String name = claim.getSpec().getVolumeName();
    boolean named = name != null && !name.isEmpty();
    if (Objects.annotations(claim).containsKey(Names.BIND_COMPLETED)) {
      keep(claim, named ? name : "");
    } else if (named) {
      take(claim, name);
    } else {
      find(claim);
    }
  }

  /** A claim that was bound once. */
  private void keep(PersistentVolumeClaim claim, String name) {
    if (name.isEmpty()) {
      lost(claim, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
      return;
    }
    Optional<PersistentVolume> volume = volumes.get("", name);
    if (volume.isEmpty()) {
      lost(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
    } else if (volume.get().getSpec().getClaimRef() == null
        || claim.getMetadata().getUid().equals(volume.get().getSpec().getClaimRef().getUid())) {
      binding.bind(volume.get(), claim);
    } else {
      lost(claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
    }
  }

  private void lost(PersistentVolumeClaim claim, String reason, String message) {
    if (binding.status(claim, "Lost", null)) {
      events.warning(claim, reason, message);
    }
  }

  /** A claim whose user chose the volume. */
  private void take(PersistentVolumeClaim claim, String name) {
    Optional<PersistentVolume> volume = volumes.get("", name);
    if (volume.isEmpty()) {
      binding.status(claim, "Pending", null);
    } else if (volume.get().getSpec().getClaimRef() == null) {
      Optional<String> objection = Matching.objection(volume.get(), claim);
      if (objection.isPresent()) {
        events.warning(claim, "VolumeMismatch", "Cannot bind to requested volume \"" + name + "\": " + objection.get());
        binding.status(claim, "Pending", null);
      } else {
        binding.bind(volume.get(), claim);
      }
    } else if (Matching.isFor(volume.get(), claim)) {
      binding.bind(volume.get(), claim);
    } else if (!Objects.annotations(claim).containsKey(Names.BOUND_BY_CONTROLLER)) {
      events.warning(claim, "FailedBinding", "volume \"" + name + "\" already bound to a different claim.");
      binding.status(claim, "Pending", null);
    } else {
      throw new IllegalStateException("claim " + claim.getMetadata().getName() + " was given volume " + name
          + ", which is bound to another claim");
    }
  }

  private void find(PersistentVolumeClaim claim) {
    boolean delayed = isDelayed(claim);
    Optional<PersistentVolume> volume = Matching.best(claim, volumes.list(), delayed);
    if (volume.isPresent()) {
      binding.bind(volume.get(), claim);
    } else if (isClassless(claim) && defaultClass().isPresent()) {
      binding.giveClass(claim, defaultClass().get().getMetadata().getName());
    } else if (delayed) {
      tellDelay(claim);
      binding.status(claim, "Pending", null);
    } else if (!Matching.classOf(claim).isEmpty()) {
      provision(claim);
    } else {
      events.normal(claim, "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
      binding.status(claim, "Pending", null);
    }
  }

  private boolean isDelayed(PersistentVolumeClaim claim) {
    boolean waits = classes.get("", Matching.classOf(claim)).filter(c -> "WaitForFirstConsumer".equals(c.getVolumeBindingMode()))
        .isPresent();
    return waits && !Objects.annotations(claim).containsKey(Names.SELECTED_NODE);
  }

  private static boolean isClassless(PersistentVolumeClaim claim) {
    return claim.getSpec().getStorageClassName() == null && !Objects.annotations(claim).containsKey(Names.BETA_CLASS);
  }

  /** The newest of the classes that are marked as default. */
  private Optional<StorageClass> defaultClass() {
    return classes.list().stream().filter(ClaimSync::isDefault)
        .max(Comparator.<StorageClass, String>comparing(c -> c.getMetadata().getCreationTimestamp())
            .thenComparing(c -> c.getMetadata().getName(), Comparator.reverseOrder()));
  }

  private static boolean isDefault(StorageClass storageClass) {
    Map<String, String> annotations = Objects.annotations(storageClass);
    return "true".equals(annotations.get(Names.DEFAULT_CLASS)) || "true".equals(annotations.get(Names.BETA_DEFAULT_CLASS));
  }

  private void tellDelay(PersistentVolumeClaim claim) {
    String name = claim.getMetadata().getName();
    Optional<Pod> user = pods.inNamespace(claim.getMetadata().getNamespace()).stream()
        .filter(pod -> !Pods.isAssigned(pod) && !Pods.isFinished(pod))
        .filter(pod -> Objects.orEmpty(pod.getSpec().getVolumes()).stream()
            .anyMatch(v -> v.getPersistentVolumeClaim() != null && name.equals(v.getPersistentVolumeClaim().getClaimName())
                || v.getEphemeral() != null && name.equals(pod.getMetadata().getName() + "-" + v.getName()))).findFirst();
    if (user.isPresent()) {
      events.normal(claim, "WaitForPodScheduled", "waiting for pod " + user.get().getMetadata().getName() + " to be scheduled");
    } else {
      events.normal(claim, "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
    }
  }

  private void provision(PersistentVolumeClaim claim) {
    if (!provisions) {
      return;
    }
    String name = Matching.classOf(claim);
    Optional<StorageClass> storageClass = classes.get("", name);
    if (storageClass.isEmpty()) {
      events.warning(claim, "ProvisioningFailed", "storageclass.storage.k8s.io \"" + name + "\" not found");
      return;
    }
    String plugin = storageClass.get().getProvisioner();
    String provisioner = CsiMigration.driver(plugin).orElse(plugin);
    if (provisioner.startsWith(Names.IN_TREE) && !provisioner.equals(Names.HOST_PATH)) {
      events.warning(claim, "ProvisioningFailed",
          provisioner.equals(Names.NFS) ? "no provisionable volume plugin matched" : "no volume plugin matched name: " + provisioner);
      return;
    }
    PersistentVolumeClaim asked = binding.annotate(claim, Map.of(Names.PROVISIONER, provisioner, Names.BETA_PROVISIONER, provisioner));
    if (provisioner.equals(Names.HOST_PATH)) {
      events.warning(asked, "ProvisioningFailed",
          "Failed to create provisioner: provisioning in volume plugin \"" + provisioner + "\" is disabled");
      return;
    }
    events.normal(asked, "ExternalProvisioning", "Waiting for a volume to be created either by the external provisioner '" + provisioner
        + "' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and"
        + " correctly registered.");
  }
}
