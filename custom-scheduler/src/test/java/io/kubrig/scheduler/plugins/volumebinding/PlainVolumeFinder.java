package io.kubrig.scheduler.plugins.volumebinding;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.CSIStorageCapacity;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Finds volumes for claims on a node, looking everything up anew. */
final class PlainVolumeFinder {
  static final String NODE_CONFLICT = "node(s) didn't match PersistentVolume's node affinity";
  static final String NOT_FOUND = "node(s) didn't find available persistent volumes to bind";
  static final String NO_SPACE = "node(s) did not have enough free storage";
  static final String GONE = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
  private static final String NO_PROVISIONER = "kubernetes.io/no-provisioner";

  private final ClusterObjects objects;

  PlainVolumeFinder(ClusterObjects objects) {
    this.objects = objects;
  }

  /** Either what the node offers, or why it will not do. */
  record Found(Offer offer, List<String> reasons) {}

  Found find(PodClaims claims, Node node) {
    List<String> reasons = new ArrayList<>();
    for (PersistentVolumeClaim c : claims.bound()) {
      Optional<PersistentVolume> volume = objects.volumes().find(c.getSpec().getVolumeName());
      if (volume.isEmpty()) {
        return new Found(null, List.of(GONE));
      }
      if (!admits(volume.get(), node) && !reasons.contains(NODE_CONFLICT)) {
        reasons.add(NODE_CONFLICT);
      }
    }
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
    toMatch.sort(Comparator.comparing(PlainVolumeFinder::requested));
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

  static boolean admits(PersistentVolume volume, Node node) {
    var affinity = volume.getSpec().getNodeAffinity();
    return affinity == null || affinity.getRequired() == null || NodeSelector.of(affinity.getRequired()).matches(node);
  }

  /** The volume reserved for the claim, or else the smallest free one that fits. */
  private Optional<PersistentVolume> match(PersistentVolumeClaim claim, Node node, Set<String> taken) {
    PersistentVolume best = null;
    for (PersistentVolume v : objects.volumes().allWithAssumed()) {
      if (taken.contains(v.getMetadata().getName()) || v.getMetadata().getDeletionTimestamp() != null
          || !Objects.equals(className(claim), Objects.requireNonNullElse(v.getSpec().getStorageClassName(), ""))
          || !mode(v.getSpec().getVolumeMode()).equals(mode(claim.getSpec().getVolumeMode()))
          || size(v).compareTo(requested(claim)) < 0) {
        continue;
      }
      if (v.getSpec().getClaimRef() != null) {
        if (isReservedFor(v.getSpec().getClaimRef(), claim)) {
          return Optional.of(v).filter(reserved -> admits(reserved, node));
        }
        continue;
      }
      if (isFree(v) && suits(v, claim) && admits(v, node) && (best == null || size(v).compareTo(size(best)) < 0)) {
        best = v;
      }
    }
    return Optional.ofNullable(best);
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
