package io.kubrig.apiserver.kinds.core;

import io.kubrig.apiserver.kinds.pod.ResourceAmounts;
import io.kubrig.apiserver.kinds.pod.ResourceRules;
import io.kubrig.apiserver.registry.Kind;
import io.kubrig.apiserver.registry.Operation;
import io.kubrig.apiserver.status.FieldErrors;
import io.kubrig.apiserver.status.FieldPath;
import io.kubrig.apiserver.validation.Names;
import io.kubrig.apiserver.validation.Quantities;
import io.kubrig.machinery.quantity.Quantity;
import io.kubrig.machinery.tree.Tree;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Limit ranges: bounds and defaults of resources by type of object. */
final class LimitRangeKind implements Kind {
  private static final Set<String> TYPES = Set.of("Pod", "Container", "PersistentVolumeClaim");
  private static final FieldPath LIMITS = FieldPath.of("spec", "limits");

  @Override
  public void prepareForCreate(Tree object, Operation operation) {
    Tree metadata = object.need("metadata");
    if (metadata.string("name").isEmpty()) {
      metadata.set("name", metadata.string("uid"));
    }
  }

  @Override
  public boolean createsOnUpdate() {
    return true;
  }

  @Override
  public void applyDefaults(Tree object, String version) {
    for (Tree limit : object.tree("spec").trees("limits")) {
      for (String list : List.of("max", "min", "default", "defaultRequest", "maxLimitRequestRatio")) {
        ResourceAmounts.roundUpList(limit.tree(list));
      }
      if (limit.string("type").equals("Container")) {
        fill(limit, "default", limit.tree("max"));
        fill(limit, "defaultRequest", limit.tree("default"));
        fill(limit, "defaultRequest", limit.tree("min"));
      }
    }
  }

  private static void fill(Tree limit, String member, Tree from) {
    from.forEach((name, amount) -> limit.need(member).fill(name, amount));
  }

  @Override
  public void validate(Tree object, FieldErrors errors, Operation operation) {
    Set<String> types = new HashSet<>();
    List<Tree> limits = object.tree("spec").trees("limits");
    for (int i = 0; i < limits.size(); i++) {
      String type = limits.get(i).string("type");
      FieldPath path = LIMITS.index(i);
      List<String> wrong = Names.qualifiedName(type);
      wrong.forEach(text -> errors.invalid(path.child("type"), type, text));
      if (wrong.isEmpty() && !type.contains("/") && !TYPES.contains(type)) {
        errors.invalid(path.child("type"), type, "must be a standard limit type or fully qualified");
      }
      if (!types.add(type)) {
        errors.duplicate(path.child("type"), type);
      }
      limit(limits.get(i), type, path, errors);
    }
  }

  private static void limit(Tree limit, String type, FieldPath path, FieldErrors errors) {
    Set<String> names = new TreeSet<>();
    for (String member : List.of("max", "min", "maxLimitRequestRatio", "default", "defaultRequest")) {
      limit.tree(member).names().forEach(name -> {
        names.add(name);
        if (!member.startsWith("default") || !type.equals("Pod")) {
          resourceName(name, type, path.child(member).key(name), errors);
        }
      });
    }
    if (type.equals("Pod")) {
      for (String member : List.of("default", "defaultRequest")) {
        if (!limit.tree(member).isEmpty()) {
          errors.forbidden(path.child(member), "may not be specified when `type` is 'Pod'");
        }
      }
    }
    if (type.equals("PersistentVolumeClaim") && !limit.tree("max").has("storage") && !limit.tree("min").has("storage")) {
      errors.required(path.child("limits"), "either minimum or maximum storage value is required, but neither was provided");
    }
    names.forEach(name -> amounts(limit, name, path, errors));
  }

  private static void resourceName(String name, String type, FieldPath path, FieldErrors errors) {
    if (type.equals("Pod") || type.equals("Container")) {
      ResourceRules.containerResourceName(name, path, errors);
    } else {
      Quantities.resourceName(name, path, errors);
    }
  }

  private static void amounts(Tree limit, String name, FieldPath path, FieldErrors errors) {
    Optional<Quantity> min = Quantities.of(limit.tree("min"), name);
    Optional<Quantity> max = Quantities.of(limit.tree("max"), name);
    Optional<Quantity> request = Quantities.of(limit.tree("defaultRequest"), name);
    Optional<Quantity> standard = Quantities.of(limit.tree("default"), name);
    above(min, max, path.child("min").key(name), min, "min value", "max value", errors);
    above(min, request, path.child("defaultRequest").key(name), request, "min value", "default request value", errors);
    above(request, max, path.child("defaultRequest").key(name), request, "default request value", "max value", errors);
    above(request, standard, path.child("defaultRequest").key(name), request, "default request value", "default limit value", errors);
    above(min, standard, path.child("default").key(name), min, "min value", "default value", errors);
    above(standard, max, path.child("default").key(name), max, "default value", "max value", errors);
    Optional<Quantity> ratio = Quantities.of(limit.tree("maxLimitRequestRatio"), name);
    FieldPath at = path.child("maxLimitRequestRatio").key(name);
    ratio
        .filter(value -> value.compareTo(Quantity.of(1)) < 0)
        .ifPresent(value -> errors.invalid(at, value.toString(), "ratio " + value + " is less than 1"));
    if (ratio.isPresent() && min.isPresent() && max.isPresent()) {
      double most = max.get().doubleValue() / min.get().doubleValue();
      if (ratio.get().doubleValue() > most) {
        errors.invalid(at, ratio.get().toString(), "ratio " + ratio.get() + " is greater than max/min = " + String.format("%f", most));
      }
    }
  }

  private static void above(
      Optional<Quantity> low, Optional<Quantity> high, FieldPath path, Optional<Quantity> shown, String lowName, String highName,
          FieldErrors errors) {
    if (low.isPresent() && high.isPresent() && low.get().compareTo(high.get()) > 0) {
      errors.invalid(
          path, shown.orElseThrow().toString(), lowName + " " + low.get() + " is greater than " + highName + " " + high.get());
    }
  }
}
