package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ClaimRules;
import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Lens;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Claims of persistent volumes: immutable but for the size of bound ones. */
final class PersistentVolumeClaimKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String PROTECTION = "kubernetes.io/pvc-protection";
  private static final FieldPath STATUS = FieldPath.of("status");
  private static final List<String> RESIZES =
      List.of(
          "ControllerResizeInProgress", "ControllerResizeInfeasible", "NodeResizeInProgress", "NodeResizeInfeasible", "NodeResizePending");
  private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

  private static final TableColumns COLUMNS =
      Columns.of(
          PersistentVolumeClaimKind::row,
          Columns.NAME,
          Columns.text("Status", "phase represents the current phase of PersistentVolumeClaim."),
          Columns.text("Volume", "volumeName is the binding reference to the PersistentVolume backing this claim."),
          Columns.text("Capacity", "capacity represents the actual resources of the underlying volume."),
          Columns.text("Access Modes", "accessModes contains the actual access modes the volume backing the PVC has."),
          Columns.text("StorageClass", "StorageClass of the pvc"),
          Columns.text("VolumeAttributesClass",
              "volumeAttributesClassName may be used to set the VolumeAttributesClass used by this claim."),
          Columns.AGE,
          Columns.wide("VolumeMode", "volumeMode defines what type of volume is required by the claim."));

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
    object.need("spec").fill("volumeMode", "Filesystem");
    ResourceAmounts.roundUp(object.tree("spec").tree("resources"));
  }

  @Override
  public void initialStatus(Tree object, Tree empty) {
    object.set("status", Tree.of("phase", "Pending"));
  }

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    List<Object> finalizers = object.need("metadata").needList("finalizers");
    if (!finalizers.contains(PROTECTION)) {
      finalizers.add(PROTECTION);
    }
    Tree spec = object.need("spec");
    dropForeignSource(spec);
    dropUnknownSource(spec);
    alignSources(spec);
  }

  /** Sources in other namespaces wait for their feature. */
  private static void dropForeignSource(Tree spec) {
    if (!spec.tree("dataSourceRef").string("namespace").isEmpty()) {
      spec.remove("dataSourceRef");
    }
  }

  /** Sources that only claims made by newer clients can have are ignored in the old field. */
  private static void dropUnknownSource(Tree spec) {
    Tree old = spec.tree("dataSource");
    if (spec.get("dataSourceRef") != null || old.isEmpty()) {
      return;
    }
    String kind = old.string("apiGroup") + "/" + old.string("kind");
    if (!kind.equals("/PersistentVolumeClaim") && !kind.equals("snapshot.storage.k8s.io/VolumeSnapshot")) {
      spec.remove("dataSource");
    }
  }

  /** The old field and the new one say the same where only one of them is given and the new one names no namespace. */
  private static void alignSources(Tree spec) {
    Tree old = spec.tree("dataSource");
    Tree reference = spec.tree("dataSourceRef");
    if (!reference.string("namespace").isEmpty()) {
      return;
    }
    if (!old.isEmpty() && reference.isEmpty()) {
      spec.set("dataSourceRef", old.copy());
    } else if (old.isEmpty() && !reference.isEmpty()) {
      spec.set("dataSource", reference.copy());
    }
  }

  @Override
  public void prepareForUpdate(Tree object, Tree old, Operation operation) {
    Tree spec = object.need("spec");
    Tree before = old.tree("spec");
    if (before.tree("dataSourceRef").isEmpty()) {
      dropForeignSource(spec);
    }
    if (before.tree("dataSource").isEmpty() && before.tree("dataSourceRef").isEmpty()) {
      dropUnknownSource(spec);
    }
    alignSources(spec);
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    if (object.tree("metadata").tree("annotations").has(CLASS_ANNOTATION)) {
      warnings.add(
          FieldPath.of("metadata", "annotations").key(CLASS_ANNOTATION)
              + ": deprecated since v1.8; use \"storageClassName\" attribute instead");
    }
    warnings.addAll(ClaimRules.warnings(object.tree("spec"), SPEC));
    return warnings;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() == Operation.Verb.CREATE) {
      ClaimRules.spec(object.tree("spec"), SPEC, errors);
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree status = object.tree("status");
    Tree resizes = status.tree("allocatedResourceStatuses");
    for (String name : resizes.names()) {
      resourceKey(name, STATUS.child("allocatedResourceStatuses"), errors);
      if (!RESIZES.contains(resizes.string(name))) {
        errors.notSupported(STATUS.child("allocatedResourceStatuses"), name, RESIZES); // native shows the resource
      }
    }
    for (String name : status.tree("capacity").names()) {
      Quantities.of(status.tree("capacity"), name)
          .filter(amount -> amount.value() < 0)
          .ifPresent(
              amount -> errors.invalid(STATUS.child("capacity").key(name), amount.value(), "must be a valid resource quantity"));
    }
    Tree allocated = status.tree("allocatedResources");
    for (String name : allocated.names()) {
      if (resourceKey(name, STATUS.child("allocatedResources"), errors)) {
        FieldPath path = STATUS.child("allocatedResources").key(name);
        Quantities.of(allocated, name).ifPresent(amount -> Quantities.nonNegative(amount, path, errors));
      }
    }
  }

  /** Of Kubernetes' own resources a claim has storage only. Answers whether the name is good. */
  private static boolean resourceKey(String name, FieldPath path, FieldErrors errors) {
    List<String> wrong = Names.qualifiedName(name);
    wrong.forEach(text -> errors.invalid(path, name, text));
    boolean own = !name.contains("/") || name.contains("kubernetes.io/");
    if (wrong.isEmpty() && own && !name.equals("storage")) {
      errors.notSupported(path, name, List.of("storage"));
      return false;
    }
    return wrong.isEmpty();
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree before = old.tree("spec").copy();
    alignSources(before);
    boolean anyGroup = before.tree("dataSource").get("apiGroup") != null || before.tree("dataSourceRef").get("apiGroup") != null;
    ClaimRules.spec(object.tree("spec"), anyGroup, SPEC, errors);
    Tree spec = object.tree("spec").copy();
    if (before.string("volumeName").isEmpty()) {
      Lens.carry("volumeName", before, spec); // claims become bound
    }
    className(object, old, spec, before, errors);
    Optional<Quantity> wanted = Quantities.of(spec.tree("resources").tree("requests"), "storage");
    Optional<Quantity> had = Quantities.of(before.tree("resources").tree("requests"), "storage");
    if (object.tree("status").string("phase").equals("Bound")) {
      if (spec.get("resources") instanceof Tree resources && resources.get("requests") instanceof Tree requests) {
        requests.set("storage", before.tree("resources").tree("requests").get("storage"));
      }
      Lens.carry("volumeAttributesClassName", spec, before);
    }
    if (!spec.equals(before)) {
      errors.forbidden(SPEC, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
    }
    if (wanted.orElse(Quantity.ZERO).compareTo(had.orElse(Quantity.ZERO)) < 0) {
      Quantity capacity = Quantities.of(old.tree("status").tree("capacity"), "storage").orElse(Quantity.ZERO);
      if (wanted.orElse(Quantity.ZERO).compareTo(capacity) <= 0) {
        errors.forbidden(SPEC.child("resources", "requests", "storage"), "field can not be less than status.capacity");
      }
    }
    MetadataRules.immutable(object.tree("spec").get("volumeMode"), before.get("volumeMode"), FieldPath.of("volumeMode"), errors);
    attributesClass(object, old, errors);
  }

  /** A class may be named where none was, and move from the old annotation to its field. */
  private static void className(Tree object, Tree old, Tree spec, Tree before, FieldErrors errors) {
    String annotated = old.tree("metadata").tree("annotations").string(CLASS_ANNOTATION);
    boolean wasAnnotated = old.tree("metadata").tree("annotations").has(CLASS_ANNOTATION);
    String nowAnnotated = object.tree("metadata").tree("annotations").string(CLASS_ANNOTATION);
    boolean named = before.get("storageClassName") == null && spec.get("storageClassName") != null;
    boolean fits = named && spec.string("storageClassName").equals(annotated);
    boolean upgraded = wasAnnotated && fits
        && (!object.tree("metadata").tree("annotations").has(CLASS_ANNOTATION) || nowAnnotated.equals(annotated));
    if (!upgraded && !nowAnnotated.equals(annotated)) {
      errors.invalid(
          FieldPath.of("metadata", "annotations").key(CLASS_ANNOTATION), nowAnnotated, "field is immutable");
    }
    if (upgraded || named && (!wasAnnotated || fits)) {
      Lens.carry("storageClassName", spec, before);
    }
  }

  private static void attributesClass(Tree object, Tree old, FieldErrors errors) {
    Object name = object.tree("spec").get("volumeAttributesClassName");
    boolean applied = old.tree("status").get("currentVolumeAttributesClassName") != null;
    if (!applied || Objects.equals(name, old.tree("spec").get("volumeAttributesClassName"))) {
      return;
    }
    if (name == null || name.equals("")) {
      errors.forbidden(
          SPEC.child("volumeAttributesClassName"),
          "update to " + (name == null ? "nil" : "empty string") + " is forbidden when status.currentVolumeAttributesClassName is not nil");
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree claim, Instant now) {
    Tree spec = claim.tree("spec");
    Tree status = claim.tree("status");
    boolean bound = !spec.string("volumeName").isEmpty();
    String phase = claim.tree("metadata").get("deletionTimestamp") != null ? "Terminating" : status.string("phase");
    List<Object> row = new ArrayList<>();
    row.add(Columns.name(claim));
    row.add(phase);
    row.add(spec.string("volumeName"));
    row.add(bound ? status.tree("capacity").string("storage", "0") : "");
    row.add(bound ? AccessModes.shown(status.strings("accessModes")) : "");
    row.add(claim.tree("metadata").stringMap("annotations").getOrDefault(CLASS_ANNOTATION, spec.string("storageClassName")));
    row.add(spec.string("volumeAttributesClassName", "<unset>"));
    row.add(Columns.age(claim, now));
    row.add(spec.string("volumeMode", "<unset>"));
    return row;
  }
}
