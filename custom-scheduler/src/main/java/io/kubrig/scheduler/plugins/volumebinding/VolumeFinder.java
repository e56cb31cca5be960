package io.kubrig.scheduler.plugins.volumebinding;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.kubrig.scheduler.framework.CycleState;
import io.kubrig.scheduler.model.Amounts;
import io.kubrig.scheduler.model.Labels;
import io.kubrig.scheduler.model.Node;
import io.kubrig.scheduler.model.NodeSelector;
import io.kubrig.scheduler.model.Selector;
import io.kubrig.scheduler.state.ClusterObjects;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds volumes for the claims of a pod, node by node. What does not depend on the node is looked up once. Changes nothing. */
final class VolumeFinder implements CycleState.Data {
  static final String NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
  static final String NOT_FOUND = "node(s) didn't find available persistent volumes to bind";
  static final String NO_SPACE = "node(s) did not have enough free storage";
  static final String GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
  private static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";

  private final ClusterObjects objects;
  private final PodClaims claims;
  private final boolean gone;
  private final List<NodeSelector> affinities = new ArrayList<>();
  private final Map<PersistentVolumeClaim, List<Candidate>> candidates = new IdentityHashMap<>();

  /**
   * A volume that suits a claim where the node can reach it.
   *
   * @param affinity null when every node can
   */
  private record Candidate(PersistentVolume volume, boolean reserved, BigDecimal size, NodeSelector affinity) {
    boolean isReachableFrom(Node node) {
      return affinity == null || affinity.matches(node);
    }
  }

  VolumeFinder(ClusterObjects objects, PodClaims claims) {
    this.objects = objects;
    this.claims = claims;
    boolean missing = false;
    for (PersistentVolumeClaim c : claims.bound()) {
      Optional<PersistentVolume> volume = objects.volumes().find(c.getSpec().getVolumeName());
      missing |= volume.isEmpty();
      volume.map(VolumeFinder::affinity).ifPresent(affinities::add);
    }
    this.gone = missing;
  }

  /** Either what the node offers, or why it will not do. */
  record Found(Offer offer, List<String> reasons) {}

  Found find(Node node) {
    if (gone) {
      return new Found(null, List.of(GONE));
    }
    List<String> reasons = new ArrayList<>();
    if (affinities.stream().anyMatch(a -> !a.matches(node))) {
      reasons.add(NODE_CONFLICT);
    }
    return claims.waiting().isEmpty() ? new Found(Offer.NOTHING, reasons) : findForWaiting(node, reasons);
  }

  private Found findForWaiting(Node node, List<String> reasons) {
    List<Offer.Match> matches = new ArrayList<>();
    List<PersistentVolumeClaim> toProvision = new ArrayList<>();
    List<PersistentVolumeClaim> toMatch = new ArrayList<>();
    for (PersistentVolumeClaim c : claims.waiting()) {
      Optional<String> selected = PodClaims.selectedNode(c);
      if (selected.isPresent() && !selected.get().equals(node.name())) {
        reasons.add(NOT_FOUND);
        return new Found(null, reasons);
      }
      (selected.isPresent() ? toProvision : toMatch).add(c);
    }
    Set<String> taken = new HashSet<>();
    toMatch.sort(Comparator.comparing(VolumeFinder::requested));
    for (PersistentVolumeClaim c : toMatch) {
      Optional<PersistentVolume> volume = match(c, node, taken);
      if (volume.isPresent()) {
        taken.add(volume.get().getMetadata().getName());
        matches.add(new Offer.Match(c, volume.get()));
      } else {
        toProvision.add(c);
      }
    }
    provisionProblem(toProvision, node).ifPresent(reasons::add);
    return new Found(new Offer(matches, toProvision), reasons);
  }

  private static BigDecimal requested(PersistentVolumeClaim c) {
    Quantity q = c.getSpec().getResources() == null || c.getSpec().getResources().getRequests() == null ? null
        : c.getSpec().getResources().getRequests().get("storage");
    return q == null ? BigDecimal.ZERO : Amounts.exact(q);
  }

  /** Null: every node can reach the volume. */
  private static NodeSelector affinity(PersistentVolume volume) {
    var affinity = volume.getSpec().getNodeAffinity();
    return affinity == null || affinity.getRequired() == null ? null : NodeSelector.of(affinity.getRequired());
  }

  /** The volume reserved for the claim, or else the smallest free one that fits. */
  private Optional<PersistentVolume> match(PersistentVolumeClaim claim, Node node, Set<String> taken) {
    Candidate best = null;
    for (Candidate c : candidates.computeIfAbsent(claim, this::candidates)) {
      if (taken.contains(c.volume.getMetadata().getName())) {
        continue;
      }
      if (c.reserved) {
        return c.isReachableFrom(node) ? Optional.of(c.volume) : Optional.empty();
      }
      if ((best == null || c.size.compareTo(best.size) < 0) && c.isReachableFrom(node)) {
        best = c;
      }
    }
    return Optional.ofNullable(best).map(Candidate::volume);
  }

  /** The volumes that are reserved for the claim or suit it, in the order of the cluster's. */
  private List<Candidate> candidates(PersistentVolumeClaim claim) {
    List<Candidate> out = new ArrayList<>();
    BigDecimal wanted = requested(claim);
    for (PersistentVolume v : objects.volumes().allWithAssumed()) {
      ObjectReference user = v.getSpec().getClaimRef();
      boolean reserved = user != null && isReservedFor(user, claim);
      if (v.getMetadata().getDeletionTimestamp() == null
          && className(claim).equals(Objects.requireNonNullElse(v.getSpec().getStorageClassName(), ""))
          && mode(v.getSpec().getVolumeMode()).equals(mode(claim.getSpec().getVolumeMode()))
          && size(v).compareTo(wanted) >= 0
          && (reserved || user == null && isFree(v) && suits(v, claim))) {
        out.add(new Candidate(v, reserved, size(v), affinity(v)));
      }
    }
    return out;
  }

  private static boolean isFree(PersistentVolume v) {
    return v.getStatus() != null && "Available".equals(v.getStatus().getPhase());
  }

  private static boolean suits(PersistentVolume v, PersistentVolumeClaim claim) {
    var selector = claim.getSpec().getSelector();
    return v.getSpec().getAccessModes().containsAll(claim.getSpec().getAccessModes())
        && (selector == null || Selector.of(selector).matches(Labels.of(v.getMetadata().getLabels())))
        && Objects.requireNonNullElse(v.getSpec().getVolumeAttributesClassName(), "")
            .equals(Objects.requireNonNullElse(claim.getSpec().getVolumeAttributesClassName(), ""));
  }

  private static boolean isReservedFor(ObjectReference ref, PersistentVolumeClaim claim) {
    return Objects.equals(ref.getName(), claim.getMetadata().getName())
        && Objects.equals(ref.getNamespace(), claim.getMetadata().getNamespace())
        && (ref.getUid() == null || ref.getUid().isEmpty() || ref.getUid().equals(claim.getMetadata().getUid()));
  }

  private static String className(PersistentVolumeClaim claim) {
    return Objects.requireNonNullElse(claim.getSpec().getStorageClassName(), "");
  }

  private static String mode(String mode) {
    return mode == null ? "Filesystem" : mode;
  }

  private static BigDecimal size(PersistentVolume v) {
    Quantity q = v.getSpec().getCapacity() == null ? null : v.getSpec().getCapacity().get("storage");
    return q == null ? BigDecimal.ZERO : Amounts.exact(q);
  }

  private Optional<String> provisionProblem(List<PersistentVolumeClaim> claims, Node node) {
    for (PersistentVolumeClaim c : claims) {
      Optional<StorageClass> storageClass = objects.storageClasses().find(className(c));
      if (storageClass.isEmpty() || storageClass.get().getProvisioner() == null || storageClass.get().getProvisioner().isEmpty()
          || storageClass.get().getProvisioner().equals(NO_PROVISIONER) || !topologyAdmits(storageClass.get(), node)) {
        return Optional.of(NOT_FOUND);
      }
      if (!hasSpace(c, storageClass.get(), node)) {
        return Optional.of(NO_SPACE);
      }
    }
    return Optional.empty();
  }

  private static boolean topologyAdmits(StorageClass storageClass, Node node) {
    var terms = storageClass.getAllowedTopologies();
    return terms == null || terms.isEmpty() || terms.stream().anyMatch(t -> t.getMatchLabelExpressions().stream()
        .allMatch(e -> node.labels().has(e.getKey()) && e.getValues().contains(node.labels().value(e.getKey()))));
  }

  /** Drivers that report capacity must have enough for the node; for others it is taken for granted. */
  private boolean hasSpace(PersistentVolumeClaim claim, StorageClass storageClass, Node node) {
    boolean reports = objects.csiDrivers().find(storageClass.getProvisioner())
        .map(d -> Boolean.TRUE.equals(d.getSpec().getStorageCapacity())).orElse(false);
    BigDecimal wanted = requested(claim);
    if (!reports || wanted.signum() == 0) {
      return true;
    }
    for (CSIStorageCapacity c : objects.storageCapacities().all()) {
      Quantity max = c.getMaximumVolumeSize() != null ? c.getMaximumVolumeSize() : c.getCapacity();
      if (storageClass.getMetadata().getName().equals(c.getStorageClassName()) && max != null && Amounts.exact(max).compareTo(wanted) >= 0
          && c.getNodeTopology() != null && Selector.of(c.getNodeTopology()).matches(node.labels())) {
        return true;
      }
    }
    return false;
  }
}
