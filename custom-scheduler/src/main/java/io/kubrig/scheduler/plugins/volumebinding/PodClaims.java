package io.kubrig.scheduler.plugins.volumebinding;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.framework.Status;
import io.kubrig.scheduler.model.Pod;
import io.kubrig.scheduler.model.PodVolumes;
import io.kubrig.scheduler.state.ClusterObjects;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The claims of a pod by what is still to be done for them, and what each node offers.
 *
 * @param bound claims that have their volume
 * @param waiting claims whose volume is chosen together with the node
 * @param offers what was found for the waiting claims, by node
 */
record PodClaims(List<PersistentVolumeClaim> bound, List<PersistentVolumeClaim> waiting, Map<String, Offer> offers)
    implements CycleState.Data {
  static final String SELECTED_NODE = "volume.kubernetes.io/selected-node";
  private static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";

  /** Either the claims, or why the pod must wait. */
  record Read(PodClaims claims, Status problem) {}

  static Read of(Pod pod, ClusterObjects objects) {
    PodClaims out = new PodClaims(new ArrayList<>(), new ArrayList<>(), new HashMap<>());
    List<PersistentVolumeClaim> all = new ArrayList<>();
    for (PodVolumes.ClaimUse use : PodVolumes.claims(pod)) {
      Optional<PersistentVolumeClaim> claim = objects.claims().find(pod.namespace(), use.name());
      Optional<String> problem = problem(pod, use, claim);
      if (problem.isPresent()) {
        return new Read(out, Status.unresolvable(problem.get()));
      }
      all.add(claim.orElseThrow());
    }
    boolean immediate = false;
    for (PersistentVolumeClaim claim : all) {
      if (isBound(claim)) {
        out.bound.add(claim);
      } else if (!hasVolume(claim) && waitsForConsumer(claim, objects)) {
        out.waiting.add(claim);
      } else {
        immediate = true;
      }
    }
    return new Read(out, immediate ? Status.unresolvable("pod has unbound immediate PersistentVolumeClaims") : Status.SUCCESS);
  }

  private static Optional<String> problem(Pod pod, PodVolumes.ClaimUse use, Optional<PersistentVolumeClaim> claim) {
    String quoted = "\"" + use.name() + "\"";
    if (claim.isEmpty()) {
      return Optional.of(use.generated() ? "waiting for ephemeral volume controller to create the persistentvolumeclaim " + quoted
          : "persistentvolumeclaim " + quoted + " not found");
    }
    PersistentVolumeClaim c = claim.get();
    if (c.getStatus() != null && "Lost".equals(c.getStatus().getPhase())) {
      return Optional.of("persistentvolumeclaim " + quoted + " bound to non-existent persistentvolume \"" + c.getSpec().getVolumeName()
          + "\"");
    }
    if (c.getMetadata().getDeletionTimestamp() != null) {
      return Optional.of("persistentvolumeclaim " + quoted + " is being deleted");
    }
    boolean owned = c.getMetadata().getOwnerReferences().stream()
        .anyMatch(o -> Boolean.TRUE.equals(o.getController()) && pod.uid().equals(o.getUid()));
    return use.generated() && !owned
        ? Optional.of("PVC \"" + pod.namespace() + "/" + use.name() + "\" was not created for pod \"" + pod.key() + "\" (pod is not owner)")
        : Optional.empty();
  }

  private static boolean hasVolume(PersistentVolumeClaim claim) {
    return claim.getSpec().getVolumeName() != null && !claim.getSpec().getVolumeName().isEmpty();
  }

  static boolean isBound(PersistentVolumeClaim claim) {
    Map<String, String> annotations = claim.getMetadata().getAnnotations();
    return hasVolume(claim) && annotations != null && annotations.containsKey(BIND_COMPLETED);
  }

  private static boolean waitsForConsumer(PersistentVolumeClaim claim, ClusterObjects objects) {
    String name = claim.getSpec().getStorageClassName();
    return name != null && !name.isEmpty()
        && objects.storageClasses().find(name).map(c -> "WaitForFirstConsumer".equals(c.getVolumeBindingMode())).orElse(false);
  }

  static Optional<String> selectedNode(PersistentVolumeClaim claim) {
    Map<String, String> annotations = claim.getMetadata().getAnnotations();
    return annotations == null ? Optional.empty() : Optional.ofNullable(annotations.get(SELECTED_NODE));
  }
}
