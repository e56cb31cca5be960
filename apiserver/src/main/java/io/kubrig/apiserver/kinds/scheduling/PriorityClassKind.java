package io.kubrig.apiserver.kinds.scheduling;

import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.MetadataRules;
import io.kubrig.machinery.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Priority classes. Names that begin with {@code system-} are the server's own. */
public final class PriorityClassKind implements Kind {
  private static final long HIGHEST = 1_000_000_000;
  private static final Map<String, Long> SYSTEM = Map.of("system-node-critical", 2_000_001_000L, "system-cluster-critical", 2_000_000_000L);
  private static final String RESERVED = "priority class names with 'system-' prefix are reserved for system use only. error: ";
  private static final List<String> POLICIES = List.of("PreemptLowerPriority", "Never");

  private static final TableColumns COLUMNS =
      Columns.of(
          (type, now) ->
              Columns.row(
                  Columns.name(type), type.integer("value"), type.bool("globalDefault"), Columns.age(type, now),
                      type.string("preemptionPolicy")),
          Columns.NAME,
          Columns.number("Value", "value represents the integer value of this priority class."),
          Columns.flag("Global-Default",
              "globalDefault specifies whether this PriorityClass should be considered as the default priority."),
          Columns.AGE,
          Columns.text("PreemptionPolicy", "preemptionPolicy is the Policy for preempting pods with lower priority."));

  @Override
  public MetadataRepeat metadataRepeat() {
    return MetadataRepeat.CHANGE;
  }

  @Override
  public boolean countsGenerations() {
    return true;
  }

  /** Generations of priority classes begin at one and stay there. */
  @Override
  public boolean sameDesiredState(Tree object, Tree old) {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    object.fill("preemptionPolicy", "PreemptLowerPriority");
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    if (operation.verb() != Operation.Verb.CREATE) {
      return;
    }
    String name = object.tree("metadata").string("name");
    long value = object.integer("value");
    FieldPath path = FieldPath.of("metadata", "name");
    if (name.startsWith("system-")) {
      Long known = SYSTEM.get(name);
      if (known == null) {
        errors.forbidden(path, RESERVED + name + " is not a known system priority class");
      } else if (known != value) {
        errors.forbidden(path, RESERVED + "value of " + name + " PriorityClass must be " + known);
      } else if (object.bool("globalDefault")) {
        errors.forbidden(path, RESERVED + "globalDefault of " + name + " PriorityClass must be false");
      }
    } else if (value > HIGHEST) {
      errors.forbidden(
          FieldPath.of("value"), "maximum allowed value of a user defined priority is " + HIGHEST);
    }
    if (object.get("preemptionPolicy") instanceof String policy && policy.isEmpty()) {
      errors.required(FieldPath.of("preemptionPolicy"), "");
    } else if (object.get("preemptionPolicy") != null && !POLICIES.contains(object.string("preemptionPolicy"))) {
      errors.notSupported(FieldPath.of("preemptionPolicy"), object.string("preemptionPolicy"), POLICIES);
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    if (object.integer("value") != old.integer("value")) {
      errors.forbidden(FieldPath.of("value"), "may not be changed in an update.");
    }
    MetadataRules.immutable(object.get("preemptionPolicy"), old.get("preemptionPolicy"), FieldPath.of("preemptionPolicy"), errors);
  }

  @Override
  public Optional<String> indelible(String name) {
    return SYSTEM.containsKey(name) ? Optional.of("this is a system priority class and cannot be deleted") : Optional.empty();
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }
}
