package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.timestamp.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Persistent volumes: their source never changes. */
final class PersistentVolumeKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String PROTECTION = "kubernetes.io/pv-protection";
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
  private static final List<String> POLICIES = List.of("Delete", "Recycle", "Retain");
  private static final Set<String> SOURCES =
      Set.of(
          "awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker", "gcePersistentDisk", "glusterfs",
          "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume");

  private static final TableColumns COLUMNS =
      Columns.of(
          PersistentVolumeKind::row,
          Columns.NAME,
          Columns.text("Capacity", "capacity is the description of the persistent volume's resources and capacity."),
          Columns.text("Access Modes", "accessModes contains all ways the volume can be mounted."),
          Columns.text("Reclaim Policy", "persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim."),
          Columns.text("Status", "phase indicates if a volume is available, bound to a claim, or released by a claim."),
          Columns.text("Claim", "claimRef is part of a bi-directional binding between PersistentVolume and PersistentVolumeClaim."),
          Columns.text("StorageClass", "StorageClass of the pv"),
          Columns.text("VolumeAttributesClass", "Name of VolumeAttributesClass to which this persistent volume belongs."),
          Columns.text("Reason", "reason is a brief CamelCase string that describes any failure."),
          Columns.AGE,
          Columns.wide("VolumeMode", "volumeMode defines if a volume is intended to be used with a formatted filesystem."));

  private final Cluster cluster;

  PersistentVolumeKind(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  public boolean hasStatus() {
    return true;
  }

  @Override
  public boolean countsGenerations() {
    return false;
  }

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    if (object.tree("status").string("phase").isEmpty()) {
      object.need("status").set("phase", "Pending");
    }
    Tree spec = object.need("spec");
    if (spec.string("persistentVolumeReclaimPolicy").isEmpty()) {
      spec.set("persistentVolumeReclaimPolicy", "Retain");
    }
    spec.fill("volumeMode", "Filesystem");
    VolumeSources.applyDefaults(spec);
  }

  @Override
  public void initialStatus(Tree object, Tree empty) {
    object.set(
        "status", Tree.of("phase", "Pending", "lastPhaseTransitionTime", Timestamps.format(cluster.clock().now())));
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Tree status = object.need("status");
    if (!status.string("phase").equals(old.tree("status").string("phase"))
        && status.string("lastPhaseTransitionTime").equals(old.tree("status").string("lastPhaseTransitionTime"))) {
      status.set("lastPhaseTransitionTime", Timestamps.format(operation.now()));
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    AccessModes.check(spec.strings("accessModes"), SPEC.child("accessModes"), "", errors);
    capacity(spec.tree("capacity"), errors);
    String policy = spec.string("persistentVolumeReclaimPolicy");
    if (!POLICIES.contains(policy)) {
      errors.notSupported(SPEC.child("persistentVolumeReclaimPolicy"), policy, POLICIES);
    }
    String type = spec.string("storageClassName");
    if (!type.isEmpty()) {
      Names.dnsSubdomain(type).forEach(text -> errors.invalid(SPEC.child("storageClassName"), type, text));
    }
    String mode = spec.string("volumeMode");
    if (spec.get("volumeMode") != null && !mode.equals("Block") && !mode.equals("Filesystem")) {
      errors.notSupported(SPEC.child("volumeMode"), mode, List.of("Block", "Filesystem"));
    }
    source(spec, policy, errors);
  }

  private static void capacity(Tree capacity, FieldErrors errors) {
    FieldPath path = SPEC.child("capacity");
    if (capacity.isEmpty()) {
      errors.required(path, "");
    }
    if (!capacity.has("storage") || capacity.size() > 1) {
      errors.notSupported(path, capacity, List.of("storage"));
    }
    for (String name : capacity.names()) {
      Quantities.of(capacity, name)
          .filter(amount -> amount.sign() <= 0)
          .ifPresent(amount -> errors.invalid(path.key(name), amount.toString(), "must be greater than zero"));
    }
  }

  private static void source(Tree spec, String policy, FieldErrors errors) {
    List<String> sources = spec.names().stream().filter(name -> SOURCES.contains(name) && spec.get(name) instanceof Tree).toList();
    if (sources.isEmpty()) {
      errors.required(SPEC, "must specify a volume type");
      return;
    }
    for (String source : sources.subList(1, sources.size())) {
      errors.forbidden(SPEC.child(source), "may not specify more than one volume type");
    }
    Tree local = spec.tree("local");
    switch (sources.getFirst()) {
      case "hostPath" -> {
        if (spec.tree("hostPath").string("path").isEmpty()) {
          errors.required(SPEC.child("hostPath", "path"), "");
        }
        if (spec.tree("hostPath").string("path").equals("/") && policy.equals("Recycle")) {
          errors.forbidden(SPEC.child("persistentVolumeReclaimPolicy"), "may not be 'recycle' for a hostPath mount of '/'");
        }
      }
      case "local" -> {
        if (local.string("path").isEmpty()) {
          errors.required(SPEC.child("local", "path"), "");
        }
        if (spec.tree("nodeAffinity").get("required") == null) {
          errors.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
        }
      }
      case "csi" -> {
        for (String member : List.of("driver", "volumeHandle")) {
          if (spec.tree("csi").string(member).isEmpty()) {
            errors.required(SPEC.child("csi", member), "");
          }
        }
      }
      case "nfs" -> {
        for (String member : List.of("server", "path")) {
          if (spec.tree("nfs").string(member).isEmpty()) {
            errors.required(SPEC.child("nfs", member), "");
          }
        }
      }
      default -> { }
    }
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    List<Object> finalizers = object.need("metadata").needList("finalizers");
    if (!finalizers.contains(PROTECTION)) {
      finalizers.add(PROTECTION);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    for (String source : SOURCES) {
      if (!java.util.Objects.equals(withoutExpansion(spec.tree(source)), withoutExpansion(before.tree(source)))) {
        errors.forbidden(SPEC.child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
        break;
      }
    }
    if (!spec.string("volumeMode").equals(before.string("volumeMode"))) {
      errors.invalid(FieldPath.of("volumeMode"), spec.string("volumeMode"), "field is immutable");
    }
    if (before.get("nodeAffinity") != null && !before.tree("nodeAffinity").equals(spec.tree("nodeAffinity"))) {
      errors.invalid(SPEC.child("nodeAffinity"), spec.get("nodeAffinity"), "field is immutable");
    }
  }

  /** Expansion secrets of CSI volumes may be added later. */
  private static Tree withoutExpansion(Tree source) {
    Tree copy = source.copy();
    copy.remove("controllerExpandSecretRef");
    copy.remove("nodeExpandSecretRef");
    return copy;
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree volume, Instant now) {
    Tree spec = volume.tree("spec");
    Tree claim = spec.tree("claimRef");
    String phase = volume.tree("metadata").get("deletionTimestamp") != null ? "Terminating" : volume.tree("status").string("phase");
    List<Object> row = new ArrayList<>();
    row.add(Columns.name(volume));
    row.add(spec.tree("capacity").string("storage"));
    row.add(AccessModes.shown(spec.strings("accessModes")));
    row.add(spec.string("persistentVolumeReclaimPolicy"));
    row.add(phase);
    row.add(claim.isEmpty() ? "" : claim.string("namespace") + "/" + claim.string("name"));
    row.add(volume.tree("metadata").stringMap("annotations").getOrDefault(CLASS_ANNOTATION, spec.string("storageClassName")));
    row.add(spec.string("volumeAttributesClassName", "<unset>"));
    row.add(volume.tree("status").string("reason"));
    row.add(Columns.age(volume, now));
    row.add(spec.string("volumeMode", "<unset>"));
    return row;
  }
}
