package io.kubrig.operators.why;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kubrig.operators.engine.Objects;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What keeps a PersistentVolumeClaim from its volume. */
final class ClaimChain {
  private static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  private ClaimChain() {}

  static Finding of(PersistentVolumeClaim claim, Facts facts) {
    return of(claim, true, facts);
  }

  /** The same, asked for a pod that uses it: that pod is not told of again. */
  static Finding ofPod(PersistentVolumeClaim claim, Facts facts) {
    return of(claim, false, facts);
  }

  private static Finding of(PersistentVolumeClaim claim, boolean withPods, Facts facts) {
    String name = Facts.name(claim);
    if (Objects.isTerminating(claim)) {
      return DeletionChain.of(claim, facts);
    }
    String phase = claim.getStatus() == null ? "" : String.valueOf(claim.getStatus().getPhase());
    if (phase.equals("Bound")) {
      return Finding.fine(name, "is bound to " + claim.getSpec().getVolumeName());
    }
    if (phase.equals("Lost")) {
      return Finding.blocked(name, "has lost its volume")
          .seen("status.phase is Lost; spec.volumeName is " + claim.getSpec().getVolumeName());
    }
    String volume = claim.getSpec().getVolumeName();
    Finding found = volume == null || volume.isEmpty() ? unbound(claim, withPods, facts) : named(claim, volume, facts);
    return found.seen(facts.events(claim, "ProvisioningFailed", "FailedBinding", "ExternalProvisioning", "WaitForPodScheduled",
        "VolumeMismatch"));
  }

  private static Finding named(PersistentVolumeClaim claim, String volume, Facts facts) {
    Optional<PersistentVolume> found = facts.find(PersistentVolume.class, null, volume);
    if (found.isEmpty()) {
      return Finding.blocked(Facts.name(claim), "the volume that it names does not exist").seen("spec.volumeName is " + volume);
    }
    var owner = found.get().getSpec().getClaimRef();
    boolean others = owner != null && !(claim.getMetadata().getName().equals(owner.getName())
        && claim.getMetadata().getNamespace().equals(owner.getNamespace()));
    return others ? Finding.blocked(Facts.name(claim), "the volume that it names belongs to claim " + owner.getNamespace() + "/"
        + owner.getName()).seen("spec.claimRef of " + Facts.name(found.get()))
        : Finding.waiting(Facts.name(claim), "waits to be bound to " + volume).seen("spec.volumeName is " + volume);
  }

  private static Finding unbound(PersistentVolumeClaim claim, boolean withPods, Facts facts) {
    String name = Facts.name(claim);
    String className = claim.getSpec().getStorageClassName();
    Optional<StorageClass> standard = facts.all(StorageClass.class).stream()
        .filter(known -> "true".equals(Objects.annotations(known).get(DEFAULT_CLASS))).findFirst();
    if (className == null && standard.isEmpty()) {
      return Finding.blocked(name, "names no storage class, and none is the default; no volume without a class fits it")
          .seen("spec.storageClassName is not set").seen(volumes(claim, "", facts));
    }
    String wanted = className == null ? standard.get().getMetadata().getName() : className;
    if (wanted.isEmpty()) {
      return Finding.blocked(name, "no volume fits it, and it asks for none to be made").seen("spec.storageClassName is \"\"")
          .seen(volumes(claim, "", facts));
    }
    Optional<StorageClass> kind = facts.find(StorageClass.class, null, wanted);
    if (kind.isEmpty()) {
      return Finding.blocked(name, "its storage class does not exist, and no volume fits it").seen("spec.storageClassName is " + wanted)
          .seen(volumes(claim, wanted, facts));
    }
    boolean scheduled = Objects.annotations(claim).containsKey("volume.kubernetes.io/selected-node");
    if ("WaitForFirstConsumer".equals(kind.get().getVolumeBindingMode()) && !scheduled) {
      return consumers(claim, kind.get(), withPods, facts);
    }
    String provisioner = kind.get().getProvisioner();
    if (NO_PROVISIONER.equals(provisioner)) {
      return Finding.blocked(name, "no volume of its class fits it, and the class makes none")
          .seen("provisioner of storageclass " + wanted + " is " + provisioner).seen(volumes(claim, wanted, facts));
    }
    return Finding.waiting(name, "waits for " + provisioner + " to make its volume").seen("provisioner of storageclass " + wanted)
        .seen(volumes(claim, wanted, facts));
  }

  private static Finding consumers(PersistentVolumeClaim claim, StorageClass kind, boolean withPods, Facts facts) {
    Finding found = Finding.waiting(Facts.name(claim), "waits for the first pod that uses it to get a node")
        .seen("volumeBindingMode of storageclass " + kind.getMetadata().getName() + " is WaitForFirstConsumer");
    if (!withPods) {
      return found;
    }
    List<Pod> users = users(claim, facts);
    return users.isEmpty() ? found.seen("no pod uses it") : found.because(PodChain.held(users, 0, facts).stream()
        .map(pod -> new Finding(pod.object(), pod.standing(), pod.says(), pod.evidence(), List.of())).toList());
  }

  /** The pods that use a claim and have not ended. */
  static List<Pod> users(PersistentVolumeClaim claim, Facts facts) {
    String name = claim.getMetadata().getName();
    return facts.inNamespace(Pod.class, claim.getMetadata().getNamespace()).stream()
        .filter(pod -> !io.kubrig.operators.pods.Pods.isFinished(pod))
        .filter(pod -> Objects.orEmpty(pod.getSpec().getVolumes()).stream().anyMatch(volume ->
            volume.getPersistentVolumeClaim() != null && name.equals(volume.getPersistentVolumeClaim().getClaimName())
                || volume.getEphemeral() != null && name.equals(pod.getMetadata().getName() + "-" + volume.getName()))).toList();
  }

  /** Volumes of the class, each with what is wrong with it. */
  private static List<String> volumes(PersistentVolumeClaim claim, String className, Facts facts) {
    List<String> evidence = new ArrayList<>();
    for (PersistentVolume volume : facts.all(PersistentVolume.class)) {
      String given = volume.getSpec().getStorageClassName() == null ? "" : volume.getSpec().getStorageClassName();
      if (given.equals(className)) {
        evidence.add(Facts.name(volume) + " " + unfit(claim, volume));
      }
    }
    String none = "there is no volume " + (className.isEmpty() ? "without a class" : "of class " + className);
    return evidence.isEmpty() ? List.of(none) : evidence;
  }

  private static String unfit(PersistentVolumeClaim claim, PersistentVolume volume) {
    var owner = volume.getSpec().getClaimRef();
    if (owner != null) {
      return "belongs to claim " + owner.getNamespace() + "/" + owner.getName();
    }
    List<String> modes = Objects.orEmpty(claim.getSpec().getAccessModes());
    if (!Objects.orEmpty(volume.getSpec().getAccessModes()).containsAll(modes)) {
      return "has the access modes " + volume.getSpec().getAccessModes() + ", " + modes + " are asked for";
    }
    Quantity wanted = claim.getSpec().getResources() == null ? null
        : Objects.orEmpty(claim.getSpec().getResources().getRequests()).get("storage");
    Quantity has = Objects.orEmpty(volume.getSpec().getCapacity()).get("storage");
    if (wanted != null && (has == null || has.getNumericalAmount().compareTo(wanted.getNumericalAmount()) < 0)) {
      return "has " + has + ", " + wanted + " are asked for";
    }
    String phase = volume.getStatus() == null ? null : volume.getStatus().getPhase();
    return "is " + phase + "; its labels, mode or nodes do not fit, or it has not been looked at";
  }
}
