package io.kubrig.apiserver.kinds.storage;

import io.kubrig.apiserver.kinds.pod.NodeLabels;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.machinery.tree.Tree;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Storage classes: only labels and whether volumes may grow can be changed. */
final class StorageClassKind implements Kind {
  private static final FieldPath TOPOLOGIES = FieldPath.of("allowedTopologies");

  private static final TableColumns COLUMNS =
      Columns.of(
          (type, now) ->
              Columns.row(
                  isDefault(type) ? Columns.name(type) + " (default)" : Columns.name(type),
                  type.string("provisioner"),
                  type.string("reclaimPolicy", "Delete"),
                  type.string("volumeBindingMode", "Immediate"),
                  type.bool("allowVolumeExpansion"),
                  Columns.age(type, now)),
          Columns.NAME,
          Columns.text("Provisioner", "provisioner indicates the type of the provisioner."),
          Columns.text("ReclaimPolicy", "reclaimPolicy controls the reclaimPolicy for dynamically provisioned PersistentVolumes."),
          Columns.text("VolumeBindingMode", "volumeBindingMode indicates how PersistentVolumeClaims should be provisioned and bound."),
          Columns.text("AllowVolumeExpansion", "allowVolumeExpansion shows whether the storage class allow volume expand."),
          Columns.AGE);

  @Override
  public boolean answersDeletedObject() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    object.fill("reclaimPolicy", "Delete");
    object.fill("volumeBindingMode", "Immediate");
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    List<Tree> topologies = object.trees("allowedTopologies");
    for (int i = 0; i < topologies.size(); i++) {
      FieldPath path = FieldPath.of("allowedTopologies").index(i).child("matchLabelExpressions");
      List<Tree> expressions = topologies.get(i).trees("matchLabelExpressions");
      for (int j = 0; j < expressions.size(); j++) {
        FieldPath at = path.index(j).child("key");
        NodeLabels.warning(expressions.get(j).string("key")).ifPresent(text -> warnings.add(at + ": " + text));
      }
    }
    return warnings;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Drivers.qualifiedName(object.string("provisioner"), FieldPath.of("provisioner"), errors);
    Drivers.parameters(object.tree("parameters"), false, errors);
    String policy = object.string("reclaimPolicy");
    if (!policy.isEmpty() && !List.of("Delete", "Retain").contains(policy)) {
      errors.notSupported(FieldPath.of("reclaimPolicy"), policy, List.of("Delete", "Retain"));
    }
    String mode = object.string("volumeBindingMode");
    if (object.get("volumeBindingMode") == null) {
      errors.required(FieldPath.of("volumeBindingMode"), "");
    } else if (!List.of("Immediate", "WaitForFirstConsumer").contains(mode)) {
      errors.notSupported(FieldPath.of("volumeBindingMode"), mode, List.of("Immediate", "WaitForFirstConsumer"));
    }
    topologies(object.trees("allowedTopologies"), errors);
  }

  private static void topologies(List<Tree> terms, FieldErrors errors) {
    Set<Tree> seen = new HashSet<>();
    for (int i = 0; i < terms.size(); i++) {
      FieldPath path = TOPOLOGIES.index(i).child("matchLabelExpressions");
      List<Tree> expressions = terms.get(i).trees("matchLabelExpressions");
      Set<String> keys = new HashSet<>();
      for (int j = 0; j < expressions.size(); j++) {
        expression(expressions.get(j), keys, path.index(j), errors);
      }
      // an empty term equals what native begins with
      if (expressions.isEmpty() || !seen.add(terms.get(i))) {
        errors.duplicate(path, "");
      }
    }
  }

  private static void expression(Tree expression, Set<String> keys, FieldPath path, FieldErrors errors) {
    String key = expression.string("key");
    List<String> values = expression.strings("values");
    if (values.isEmpty()) {
      errors.required(path.child("values"), "");
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(values.get(i))) {
        errors.duplicate(path.child("values").index(i), values.get(i));
      }
    }
    Names.qualifiedName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    if (!keys.add(key)) {
      errors.duplicate(path.child("key"), key);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    for (String member : List.of("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode")) {
      MetadataRules.immutable(object.get(member), old.get(member), FieldPath.of(member), errors);
    }
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static boolean isDefault(Tree type) {
    var annotations = type.tree("metadata").stringMap("annotations");
    return "true".equals(annotations.get("storageclass.kubernetes.io/is-default-class"))
        || "true".equals(annotations.get("storageclass.beta.kubernetes.io/is-default-class"));
  }
}
