package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Resource quotas. */
final class ResourceQuotaKind implements Kind {
  private static final FieldPath SPEC = FieldPath.of("spec");
  private static final Set<String> STANDARD =
      Set.of(
          "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage",
              "limits.cpu",
          "limits.memory", "limits.ephemeral-storage", "pods", "resourcequotas", "services", "replicationcontrollers", "secrets",
              "configmaps",
          "persistentvolumeclaims", "services.nodeports", "services.loadbalancers");
  private static final List<String> SCOPES =
      List.of("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
          "VolumeAttributesClass");

  private static final TableColumns COLUMNS =
      Columns.of(
          ResourceQuotaKind::row,
          Columns.NAME,
          Columns.text("Request", "Request represents a minimum amount of cpu/memory that a container may consume."),
          Columns.text("Limit", "Limits control the maximum amount of cpu/memory that a container may use independent of contention on "
              + "the node."),
          Columns.AGE);

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
    ResourceAmounts.roundUpList(object.tree("spec").tree("hard"));
    ResourceAmounts.roundUpList(object.tree("status").tree("hard"));
    ResourceAmounts.roundUpList(object.tree("status").tree("used"));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Tree spec = object.tree("spec");
    amounts(spec.tree("hard"), SPEC.child("hard"), errors);
    scopes(spec.strings("scopes"), SPEC.child("scopes"), errors);
    if (spec.get("scopeSelector") instanceof Tree selector) {
      selector(selector, errors);
    }
  }

  private static void amounts(Tree list, FieldPath path, FieldErrors errors) {
    for (String name : list.names()) {
      FieldPath at = path.key(name);
      Names.qualifiedName(name).forEach(text -> errors.invalid(at, name, text));
      if (!name.contains("/") && !STANDARD.contains(name)) {
        errors.invalid(at, name, "must be a standard resource type or fully qualified");
        errors.invalid(at, name, "must be a standard resource for quota");
      }
      Quantities.of(list, name).ifPresent(amount -> Quantities.amount(name, amount, at, errors));
    }
  }

  private static void scopes(List<String> scopes, FieldPath path, FieldErrors errors) {
    for (String scope : scopes) {
      if (!SCOPES.contains(scope)) {
        errors.invalid(path, new ArrayList<Object>(scopes), "unsupported scope");
      }
    }
    for (List<String> pair : List.of(List.of("BestEffort", "NotBestEffort"), List.of("Terminating", "NotTerminating"))) {
      if (scopes.containsAll(pair)) {
        errors.invalid(path, new ArrayList<Object>(scopes), "conflicting scopes");
      }
    }
  }

  private static void selector(Tree selector, FieldErrors errors) {
    FieldPath path = SPEC.child("scopeSelector", "matchExpressions");
    List<Object> names = new ArrayList<>();
    for (Tree expression : selector.trees("matchExpressions")) {
      String scope = expression.string("scopeName");
      String operator = expression.string("operator");
      names.add(scope);
      if (!SCOPES.contains(scope)) {
        errors.invalid(path.child("scopeName"), scope, "unsupported scope");
      }
      boolean existsOnly = SCOPES.contains(scope) && !scope.equals("PriorityClass") && !scope.equals("VolumeAttributesClass");
      if (existsOnly && !operator.equals("Exists")) {
        errors.invalid(
            path.child("operator"), operator,
            "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
                + "ResourceQuotaScopeBestEffort,"
                + " ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
      }
      boolean values = !expression.list("values").isEmpty();
      switch (operator) {
        case "In", "NotIn" -> {
          if (!values) {
            errors.required(path.child("values"), "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
          }
        }
        case "Exists", "DoesNotExist" -> {
          if (values) {
            errors.invalid(
                path.child("values"), expression.list("values"),
                "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
          }
        }
        default -> errors.invalid(path.child("operator"), operator, "not a valid selector operator");
      }
    }
  }

  @Override
  public void validateUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    Set<String> scopes = new TreeSet<>(object.tree("spec").strings("scopes"));
    if (!scopes.equals(new TreeSet<>(old.tree("spec").strings("scopes")))) {
      errors.invalid(SPEC.child("scopes"), object.tree("spec").list("scopes"), "field is immutable");
    }
  }

  @Override
  public void validateStatusUpdate(Tree object, Tree old, FieldErrors errors, Operation operation) {
    amounts(object.tree("status").tree("hard"), FieldPath.of("status", "hard"), errors);
    amounts(object.tree("status").tree("used"), FieldPath.of("status", "used"), errors);
  }

  @Override
  public TableColumns columns() {
    return COLUMNS;
  }

  private static List<Object> row(Tree quota, Instant now) {
    List<String> requests = new ArrayList<>();
    List<String> limits = new ArrayList<>();
    Tree hard = quota.tree("status").tree("hard");
    for (String name : new TreeSet<>(hard.names())) {
      String text = name + ": " + quota.tree("status").tree("used").string(name, "0") + "/" + hard.string(name);
      (name.startsWith("limits") ? limits : requests).add(text);
    }
    return Columns.row(Columns.name(quota), String.join(", ", requests), String.join(", ", limits), Columns.age(quota, now));
  }
}
