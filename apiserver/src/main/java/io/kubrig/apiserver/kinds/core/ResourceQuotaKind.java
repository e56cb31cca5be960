package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.table.Columns;
import io.kubrig.apiserver.table.TableColumns;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.tree.Tree;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
  private static final Set<String> POD_RESOURCES =
      Set.of("pods", "cpu", "memory", "requests.cpu", "requests.memory", "limits.cpu", "limits.memory");
  private static final Set<String> CLAIM_RESOURCES = Set.of("persistentvolumeclaims", "requests.storage");
  private static final List<String> SCOPES =
      List.of("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating",
          "VolumeAttributesClass");

  private static final String UNFIT = "unsupported scope applied to resource";

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
    Set<String> hard = new TreeSet<>(spec.tree("hard").names());
    scopes(spec.strings("scopes"), hard, SPEC.child("scopes"), errors);
    if (spec.get("scopeSelector") instanceof Tree selector) {
      selector(selector, hard, spec.list("scopes"), errors);
    }
  }

  private static void amounts(Tree list, FieldPath path, FieldErrors errors) {
    for (String name : list.names()) {
      FieldPath at = path.key(name);
      Quantities.resourceName(name, at, errors);
      if (!name.contains("/") && !isStandard(name)) {
        errors.invalid(at, name, "must be a standard resource for quota");
      }
      Quantities.of(list, name).ifPresent(amount -> Quantities.amount(name, amount, at, errors));
    }
  }

  private static boolean isStandard(String resource) {
    return STANDARD.contains(resource) || resource.startsWith("hugepages-") || resource.startsWith("requests.hugepages-");
  }

  /** Whether a scope makes sense for a resource; of resources that are not Kubernetes' own nothing is known. */
  private static boolean scopeFits(String scope, String resource) {
    if (!isStandard(resource)) {
      return true;
    }
    return switch (scope) {
      case "Terminating", "NotTerminating", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity" ->
          POD_RESOURCES.contains(resource);
      case "BestEffort" -> resource.equals("pods");
      case "VolumeAttributesClass" -> CLAIM_RESOURCES.contains(resource);
      default -> true;
    };
  }

  private static void scopes(List<String> scopes, Set<String> hard, FieldPath path, FieldErrors errors) {
    for (String scope : scopes) {
      if (!SCOPES.contains(scope)) {
        errors.invalid(path, new ArrayList<Object>(scopes), "unsupported scope");
      }
      for (String resource : hard) {
        if (!scopeFits(scope, resource)) {
          errors.invalid(path, new ArrayList<Object>(scopes), UNFIT);
        }
      }
    }
    conflicts(scopes, scopes, path, errors);
  }

  private static void conflicts(Collection<?> scopes, List<?> shown, FieldPath path, FieldErrors errors) {
    for (List<String> pair : List.of(List.of("BestEffort", "NotBestEffort"), List.of("Terminating", "NotTerminating"))) {
      if (scopes.containsAll(pair)) {
        errors.invalid(path, new ArrayList<Object>(shown), "conflicting scopes");
      }
    }
  }

  private static void selector(Tree selector, Set<String> hard, List<?> scopes, FieldErrors errors) {
    FieldPath path = SPEC.child("scopeSelector", "matchExpressions");
    List<Object> names = new ArrayList<>();
    for (Tree expression : selector.trees("matchExpressions")) {
      String scope = expression.string("scopeName");
      String operator = expression.string("operator");
      names.add(scope);
      if (!SCOPES.contains(scope)) {
        errors.invalid(path.child("scopeName"), scope, "unsupported scope");
      }
      for (String resource : hard) {
        if (!scopeFits(scope, resource)) {
          errors.invalid(path, selector, UNFIT);
        }
      }
      boolean existsOnly = SCOPES.contains(scope) && !scope.equals("PriorityClass") && !scope.equals("VolumeAttributesClass");
      if (existsOnly && !operator.equals("Exists")) {
        errors.invalid(
            path.child("operator"), operator,
            "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, "
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
    conflicts(names, scopes, path, errors);
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
