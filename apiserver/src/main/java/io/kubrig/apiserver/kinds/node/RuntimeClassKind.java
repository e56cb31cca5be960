package io.kubrig.apiserver.kinds.node;

import io.kubrig.apiserver.kinds.pod.NodeLabels;
import io.kubrig.apiserver.kinds.pod.ResourceRules;
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

/** Runtime classes. */
public final class RuntimeClassKind implements Kind {
  private static final FieldPath HANDLER = FieldPath.of("handler");
  private static final FieldPath SCHEDULING = FieldPath.of("scheduling");

  private static final TableColumns COLUMNS =
      Columns.of(
          (type, now) -> Columns.row(Columns.name(type), type.string("handler"), Columns.age(type, now)),
          Columns.NAME,
          Columns.text("Handler", "handler specifies the underlying runtime and configuration that the CRI implementation will use."),
          Columns.AGE);

  @Override
  public boolean qualifiesFinalizers() {
    return false;
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public boolean unconditionalUpdate() {
    return false;
  }

  @Override
  public List<String> warnings(Tree object, Tree old) {
    List<String> warnings = new ArrayList<>();
    for (String label : object.tree("scheduling").tree("nodeSelector").names()) {
      NodeLabels.warning(label).ifPresent(text -> warnings.add("scheduling.nodeSelector: " + text));
    }
    return warnings;
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    String handler = object.string("handler");
    if (handler.isEmpty()) {
      errors.required(HANDLER, "");
    } else {
      Names.dnsLabel(handler).forEach(text -> errors.invalid(HANDLER, handler, text));
    }
    ResourceRules.overhead(object.tree("overhead").tree("podFixed"), FieldPath.of("overhead"), errors);
    if (object.get("scheduling") instanceof Tree scheduling) {
      MetadataRules.labels(scheduling.stringMap("nodeSelector"), SCHEDULING.child("nodeSelector"), errors);
      tolerations(scheduling.trees("tolerations"), errors);
    }
  }

  private static void tolerations(List<Tree> tolerations, FieldErrors errors) {
    Set<Tree> seen = new HashSet<>();
    for (int i = 0; i < tolerations.size(); i++) {
      Tree toleration = tolerations.get(i);
      FieldPath path = SCHEDULING.child("tolerations").index(i);
      toleration(toleration, path, errors);
      if (!seen.add(toleration)) {
        errors.add("FieldValueDuplicate", path, "Duplicate value: " + shown(toleration));
      }
    }
  }

  private static void toleration(Tree toleration, FieldPath path, FieldErrors errors) {
    String key = toleration.string("key");
    String operator = toleration.string("operator");
    if (!key.isEmpty()) {
      Names.qualifiedName(key).forEach(text -> errors.invalid(path.child("key"), key, text));
    } else if (!operator.equals("Exists")) {
      errors.invalid(path.child("operator"), operator,
          "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
    }
    String value = toleration.string("value");
    switch (operator) {
      case "", "Equal" -> Names.labelValue(value).forEach(text -> errors.invalid(path.child("operator"), value, text));
      case "Exists" -> {
        if (!value.isEmpty()) {
          errors.invalid(path.child("operator"), value, "value must be empty when `operator` is 'Exists'");
        }
      }
      default -> errors.notSupported(path.child("operator"), operator, List.of("Equal", "Exists"));
    }
    String effect = toleration.string("effect");
    if (!effect.isEmpty() && !List.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(effect)) {
      errors.notSupported(path.child("effect"), effect, List.of("NoSchedule", "PreferNoSchedule", "NoExecute"));
    }
    if (toleration.get("tolerationSeconds") != null && !effect.equals("NoExecute")) {
      errors.invalid(path.child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    }
  }

  /** A toleration as native's messages show it: its type's members in their order. */
  private static String shown(Tree toleration) {
    return io.kubrig.machinery.json.Json.text(
        Tree.of(
            "Key", toleration.string("key"),
            "Operator", toleration.string("operator"),
            "Value", toleration.string("value"),
            "Effect", toleration.string("effect"),
            "TolerationSeconds", toleration.get("tolerationSeconds")));
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    MetadataRules.immutable(object.get("handler"), old.get("handler"), HANDLER, errors);
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
