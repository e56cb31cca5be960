package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.Cluster;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.status.InternalForm;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.timestamp.Timestamps;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Persistent volumes: their source never changes. */
final class PersistentVolumeKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String PROTECTION = "kubernetes.io/pv-protection";
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";
  /** Labels of nodes, by the names that they had in beta. */
  private static final Map<String, String> FINAL_LABELS =
      Map.of(
          "beta.kubernetes.io/arch", "kubernetes.io/arch",
          "beta.kubernetes.io/os", "kubernetes.io/os",
          "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type",
          "failure-domain.beta.kubernetes.io/zone", "topology.kubernetes.io/zone",
          "failure-domain.beta.kubernetes.io/region", "topology.kubernetes.io/region");

  private static final TableColumns COLUMNS =
      Columns.of(
          PersistentVolumeKind::row,
          Columns.NAME,
          Columns.text("Capacity", "capacity is the description of the persistent volume's resources and capacity."),
          Columns.text("Access Modes", "accessModes contains all ways the volume can be mounted."),
          Columns.text("Reclaim Policy",
              "persistentVolumeReclaimPolicy defines what happens to a persistent volume when released from its claim."),
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
    ResourceAmounts.roundUpList(spec.tree("capacity"));
  }

  @Override
  public void initialStatus(Tree object, Tree empty) {
    object.set(
        "status", Tree.of("phase", "Pending", "lastPhaseTransitionTime", Timestamps.format(cluster.clock().now())));
  }

  @Override
  public void prepareForStatusUpdate(Tree object, Tree old, Operation operation) {
    Tree status = object.need("status");
    String given = status.string("lastPhaseTransitionTime");
    String before = old.tree("status").string("lastPhaseTransitionTime");
    boolean phaseChanged = !status.string("phase").equals(old.tree("status").string("phase"));
    if (!phaseChanged && given.isEmpty()) {
      Lens.carry("lastPhaseTransitionTime", status, old.tree("status"));
    } else if (phaseChanged && (given.isEmpty() || given.equals(before))) {
      status.set("lastPhaseTransitionTime", Timestamps.format(operation.now()));
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    check(object, errors);
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    return PersistentVolumeWarnings.of(object);
  }

  private static void check(Tree object, FieldErrors errors) {
    VolumeSpecRules.ofVolume(object.tree("spec"), object.tree("metadata").string("name"), SPEC, errors);
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
    check(object, errors); // native checks it twice
    Tree spec = object.tree("spec");
    Tree before = old.tree("spec");
    for (String source : VolumeSpecRules.SOURCES) {
      if (!comparable(spec, before, source).equals(before.tree(source)) || (spec.get(source) == null) != (before.get(source) == null)) {
        errors.forbidden(SPEC.child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
        break;
      }
    }
    MetadataRules.immutable(spec.get("volumeMode"), before.get("volumeMode"), FieldPath.of("volumeMode"), errors);
    if (before.get("nodeAffinity") != null && !sameAffinity(spec.get("nodeAffinity"), before.get("nodeAffinity"))) {
      errors.invalid(
          FieldPath.of("nodeAffinity"),
          InternalForm.of("core.VolumeNodeAffinity", spec.get("nodeAffinity")),
          "field is immutable, except for updating from beta label to GA");
    }
    if (before.get("volumeAttributesClassName") != null && spec.get("volumeAttributesClassName") == null) {
      errors.forbidden(SPEC.child("volumeAttributesClassName"), "update from non-nil value to nil is forbidden");
    }
  }

  /** Whether two affinities differ at most in labels that got their final names. */
  private static boolean sameAffinity(Object now, Object old) {
    return switch (old) {
      case Tree before when now instanceof Tree after -> {
        boolean same = after.names().equals(before.names());
        for (int i = 0; same && i < before.size(); i++) {
          String name = before.nameAt(i);
          boolean renamed = name.equals("key") && after.string(name).equals(FINAL_LABELS.get(before.string(name)));
          same = renamed || sameAffinity(after.get(name), before.get(name));
        }
        yield same;
      }
      case List<?> before when now instanceof List<?> after -> {
        boolean same = before.size() == after.size();
        for (int i = 0; same && i < before.size(); i++) {
          same = sameAffinity(after.get(i), before.get(i));
        }
        yield same;
      }
      case null, default -> Objects.equals(now, old);
    };
  }

  /** The expansion secret of a CSI volume may be added later. */
  private static Tree comparable(Tree spec, Tree before, String source) {
    boolean added = source.equals("csi") && before.tree(source).get("controllerExpandSecretRef") == null;
    if (!added) {
      return spec.tree(source);
    }
    Tree copy = spec.tree(source).copy();
    copy.remove("controllerExpandSecretRef");
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
