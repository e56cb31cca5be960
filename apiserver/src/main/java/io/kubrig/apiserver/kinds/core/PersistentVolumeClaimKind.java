package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.machinery.tree.Tree;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.apiserver.validation.Selectors;
import io.kubrig.machinery.quantity.Quantity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Claims of persistent volumes: immutable but for the size of bound ones. */
final class PersistentVolumeClaimKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final String PROTECTION = "kubernetes.io/pvc-protection";
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
          Columns.text("VolumeAttributesClass", "volumeAttributesClassName may be used to set the VolumeAttributesClass used by this claim."),
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
    dataSources(spec);
  }

  /** The old field and the new one say the same where only one of them is given and the new one names no namespace. */
  private static void dataSources(Tree spec) {
    Tree old = spec.tree("dataSource");
    Tree reference = spec.tree("dataSourceRef");
    if (!reference.string("namespace").isEmpty()) {
      spec.remove("dataSourceRef");
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
    if (!old.tree("spec").tree("dataSource").isEmpty() || old.tree("spec").tree("dataSourceRef").isEmpty()) {
      dataSources(spec);
    }
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    check(object.tree("spec"), SPEC, errors);
  }

  /** The rules of a claim's spec; also for the claims that pods and stateful sets carry. */
  static void check(Tree spec, FieldPath path, FieldErrors errors) {
    AccessModes.check(spec.strings("accessModes"), path.child("accessModes"), "at least 1 access mode is required", errors);
    Selectors.check(spec.tree("selector"), path.child("selector"), errors);
    FieldPath storage = path.child("resources").key("storage");
    Optional<Quantity> amount = Quantities.of(spec.tree("resources").tree("requests"), "storage");
    if (amount.isEmpty()) {
      errors.required(storage, "");
    } else if (amount.get().sign() <= 0) {
      errors.invalid(storage, amount.get().toString(), "must be greater than zero");
    }
    if (spec.get("storageClassName") != null && !spec.string("storageClassName").isEmpty()) {
      String name = spec.string("storageClassName");
      Names.dnsSubdomain(name).forEach(text -> errors.invalid(path.child("storageClassName"), name, text));
    }
    String mode = spec.string("volumeMode");
    if (spec.get("volumeMode") != null && !mode.equals("Block") && !mode.equals("Filesystem")) {
      errors.notSupported(path.child("volumeMode"), mode, List.of("Block", "Filesystem"));
    }
    dataSource(spec, "dataSource", path, errors);
    dataSource(spec, "dataSourceRef", path, errors);
    if (spec.get("dataSource") instanceof Tree old && spec.get("dataSourceRef") instanceof Tree reference && !same(old, reference)) {
      errors.add("FieldValueInvalid", path, "Invalid value: {}: must match dataSourceRef");
    }
  }

  private static boolean same(Tree old, Tree reference) {
    return List.of("apiGroup", "kind", "name").stream().allMatch(member -> old.string(member).equals(reference.string(member)));
  }

  private static void dataSource(Tree spec, String member, FieldPath path, FieldErrors errors) {
    if (!(spec.get(member) instanceof Tree source)) {
      return;
    }
    FieldPath at = path.child(member);
    for (String part : List.of("name", "kind")) {
      if (source.string(part).isEmpty()) {
        errors.required(at.child(part), "");
      }
    }
    if (source.string("apiGroup").isEmpty() && !source.string("kind").equals("PersistentVolumeClaim")) {
      errors.invalid(at, source.string("kind"), "must be 'PersistentVolumeClaim' when referencing the default apiGroup");
    }
    String group = source.string("apiGroup");
    if (!group.isEmpty()) {
      Names.dnsSubdomain(group).forEach(text -> errors.invalid(at.child("apiGroup"), group, text));
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec").copy();
    Tree before = old.tree("spec");
    if (before.string("volumeName").isEmpty()) {
      spec.remove("volumeName"); // claims become bound
    }
    boolean bound = old.tree("status").string("phase").equals("Bound");
    Optional<Quantity> wanted = Quantities.of(spec.tree("resources").tree("requests"), "storage");
    Optional<Quantity> had = Quantities.of(before.tree("resources").tree("requests"), "storage");
    if (bound && spec.get("resources") instanceof Tree resources && resources.get("requests") instanceof Tree requests && had.isPresent()) {
      requests.set("storage", before.tree("resources").tree("requests").get("storage"));
      spec.remove("volumeAttributesClassName");
      if (before.has("volumeAttributesClassName")) {
        spec.set("volumeAttributesClassName", before.get("volumeAttributesClassName"));
      }
    }
    if (before.get("storageClassName") == null && spec.get("storageClassName") != null) {
      spec.remove("storageClassName");
    }
    if (!spec.equals(before)) {
      errors.forbidden(SPEC, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
    } else if (wanted.isPresent() && had.isPresent() && wanted.get().compareTo(had.get()) < 0) {
      Optional<Quantity> capacity = Quantities.of(old.tree("status").tree("capacity"), "storage");
      if (capacity.isEmpty() || wanted.get().compareTo(capacity.get()) <= 0) {
        errors.forbidden(SPEC.child("resources", "requests", "storage"), "field can not be less than status.capacity");
      }
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
    row.add(bound ? status.tree("capacity").string("storage") : "");
    row.add(bound ? AccessModes.shown(status.strings("accessModes")) : "");
    row.add(claim.tree("metadata").stringMap("annotations").getOrDefault(CLASS_ANNOTATION, spec.string("storageClassName")));
    row.add(spec.string("volumeAttributesClassName", "<unset>"));
    row.add(Columns.age(claim, now));
    row.add(spec.string("volumeMode", "<unset>"));
    return row;
  }
}
